import { Button } from "../../ui/Button.tsx";
import { milliseconds } from "../../ui/number_format.ts";
import { ProblemCard } from "../../ui/ProblemCard.tsx";
import { ProgressTrack } from "../../ui/ProgressTrack.tsx";
import { STRINGS } from "../../ui/strings.ts";
import type { PageControl } from "./element_view.ts";

/** Shorter actions end before anybody could read that they run. */
const QUIET_MS = 200;

/**
 * How an element's action is doing: elapsed time, progress and Cancel while it runs; what went wrong when it failed.
 * Subtle: what is read aloud as it changes says that it runs and that it ended, and nothing in between.
 */
export function ActionStatus({ name, page }: { readonly name: string; readonly page: PageControl }) {
  const action = page.action(name);
  if (action?.status === "failed") {
    return (
      <div class="w-full">
        <ProblemCard problem={action.problem} />
      </div>
    );
  }
  const running = action?.status === "running" ? action : undefined;
  const elapsedMs = running === undefined ? 0 : running.elapsedMs + page.nowMs - running.receivedMs;
  const isLong = elapsedMs >= QUIET_MS;
  const progress = isLong ? running?.progress : undefined;
  const ended = action?.status === "cancelled" || action?.status === "done" ? STRINGS[action.status] : "";
  return (
    <span
      class={isLong || action?.status === "cancelled"
        ? "inline-flex flex-wrap items-center gap-3 text-12 text-soft tabular-nums"
        : "sr-only"}
    >
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
      <span>
        <span role="status">{isLong ? STRINGS.running : ended}</span>
        {isLong && <span aria-hidden="true">{` ${milliseconds(elapsedMs)}`}</span>}
      </span>
      {isLong && <Button onClick={() => page.cancel(name)}>{STRINGS.cancel}</Button>}
    </span>
  );
}
