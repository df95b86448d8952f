import { cx } from "../../ui/cx.ts";
import { decimal } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import type { ViewProps } from "../view/element_view.ts";
import type { ProgressState } from "./progress.ts";

/** Without a total the bar shows only that something goes on; a total of 0 is reached. */
export function ProgressView({ state: { label, done, of } }: ViewProps<ProgressState>) {
  const total = of ?? undefined;
  const text = total === undefined ? decimal(done) : STRINGS.doneOf(decimal(done), decimal(total));
  const share = total === undefined || total === 0 ? 1 : done / total;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={total === undefined ? undefined : done}
      aria-valuetext={text}
      class="flex min-w-0 max-w-[480px] flex-col gap-1"
    >
      <div class="flex flex-wrap items-baseline justify-between gap-x-3">
        <span class="min-w-0 break-words">{label}</span>
        <span class="font-mono text-12 text-soft tabular-nums">{text}</span>
      </div>
      <svg width="100%" height="8" aria-hidden="true" class={cx("block", total === undefined && "animate-pulse")}>
        <rect width="100%" height="8" rx="2" class="fill-line" />
        {total === undefined
          ? <line y1="4" x2="100%" y2="4" stroke-width="8" stroke-dasharray="8 8" class="stroke-accent" />
          : <rect width={`${(share * 100).toFixed(2)}%`} height="8" rx="2" class="fill-accent" />}
      </svg>
    </div>
  );
}
