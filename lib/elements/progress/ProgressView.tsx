import { decimal } from "../../ui/number_format.ts";
import { ProgressTrack } from "../../ui/ProgressTrack.tsx";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { ProgressState } from "./progress.ts";
import { visibleLines } from "../../lm/visible_text.ts";

/** Without a total the bar shows only that something goes on; a total of 0 is reached. */
export function ProgressView({ state: { label, done, of } }: ViewProps<ProgressState>) {
  const total = of ?? undefined;
  const text = total === undefined ? decimal(done) : STRINGS.doneOf(decimal(done), decimal(total));
  const share = total === undefined ? undefined : total === 0 ? 1 : done / total;
  return (
    <div
      role="progressbar"
      aria-label={visibleLines(label)}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={total === undefined ? undefined : done}
      aria-valuetext={text}
      class="flex min-w-0 max-w-[480px] flex-col gap-1"
    >
      <div class="flex flex-wrap items-baseline justify-between gap-x-3">
        <span class="min-w-0 break-words">{visibleLines(label)}</span>
        <span class="font-mono text-12 text-soft tabular-nums">{text}</span>
      </div>
      <ProgressTrack share={share} />
    </div>
  );
}
