import type { ComponentChildren } from "preact";
import type { Problem } from "../lm/event.ts";
import { Button } from "./Button.tsx";
import { STRINGS } from "./strings.ts";
import { visibleText } from "../lm/visible_text.ts";

interface ProblemCardProps {
  readonly problem: Problem;
  readonly onRetry?: () => void;
  /** Other ways out, as one that works without JavaScript. */
  readonly children?: ComponentChildren;
}

/** A failure in its place: what happened, where to look it up, and a way to try again. */
export function ProblemCard({ problem, onRetry, children }: ProblemCardProps) {
  return (
    <div role="alert" class="flex flex-wrap items-center gap-x-3 gap-y-1 border-l-2 border-bad bg-badsunk px-3 py-2">
      <span class="min-w-[60%] flex-1">
        <b class="font-semibold text-bad">{problem.title}</b>{" "}
        <span class="break-words">{visibleText(problem.detail)}</span>
      </span>
      {problem.id !== "" && <span class="font-mono text-11 text-soft">{STRINGS.errorId(problem.id)}</span>}
      {onRetry !== undefined && <Button onClick={onRetry}>{STRINGS.retry}</Button>}
      {children}
    </div>
  );
}
