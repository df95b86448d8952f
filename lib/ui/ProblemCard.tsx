import type { Problem } from "../lm/event.ts";
import { Button } from "./Button.tsx";
import { STRINGS } from "./strings.ts";

/** A failure in its place: what happened, where to look it up, and a way to try again. */
export function ProblemCard(props: { readonly problem: Problem; readonly onRetry?: () => void }) {
  const { problem, onRetry } = props;
  return (
    <div role="alert" class="flex flex-wrap items-center gap-x-3 gap-y-1 border-l-2 border-bad bg-badsunk px-3 py-2">
      <span class="min-w-0 flex-1">
        <b class="font-semibold text-bad">{problem.title}</b> <span class="break-words">{problem.detail}</span>
      </span>
      {problem.id !== "" && <span class="font-mono text-11 text-soft">{STRINGS.errorId(problem.id)}</span>}
      {onRetry !== undefined && <Button onClick={onRetry}>{STRINGS.retry}</Button>}
    </div>
  );
}
