import { Button } from "../../ui/Button.tsx";
import { milliseconds } from "../../ui/number_format.ts";
import { ProblemCard } from "../../ui/ProblemCard.tsx";
import { ProgressTrack } from "../../ui/ProgressTrack.tsx";
import { STRINGS } from "../../ui/strings.ts";
import type { PageControl } from "./element_view.ts";

/** Shorter actions end before anybody could read that they run. */
const QUIET_MS = 200;

/** How an element's action is doing: elapsed time, progress and Cancel while it runs; what went wrong when it failed. */
export function ActionStatus({ name, page }: { readonly name: string; readonly page: PageControl }) {
  const action = page.action(name);
  if (action?.status === "cancelled") return <span class="text-12 text-soft">{STRINGS.cancelled}</span>;
  if (action?.status === "failed") {
    return (
      <div class="w-full">
        <ProblemCard problem={action.problem} />
      </div>
    );
  }
  if (action?.status !== "running") return null;
  const elapsedMs = action.elapsedMs + page.nowMs - action.receivedMs;
  if (elapsedMs < QUIET_MS) return null;
  const { progress } = action;
  return (
    <span role="status" class="inline-flex flex-wrap items-center gap-3 text-12 text-soft tabular-nums">
      {progress !== undefined && (
        <>
          <span
            role="progressbar"
            aria-label={STRINGS.progress}
            aria-valuemin={0}
            aria-valuemax={progress.of}
            aria-valuenow={progress.done}
            class="block w-[120px]"
          >
            <ProgressTrack share={progress.of > 0 ? Math.min(1, progress.done / progress.of) : 1} />
          </span>
          {STRINGS.doneOf(progress.done, progress.of)}
        </>
      )}
      <span>{STRINGS.running(milliseconds(elapsedMs))}</span>
      <Button onClick={() => page.cancel(name)}>{STRINGS.cancel}</Button>
    </span>
  );
}
