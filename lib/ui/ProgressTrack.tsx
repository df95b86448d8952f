import { cx } from "./cx.ts";

/** How far something is, as a bar; striped where nobody knows. The number stands beside it, as text. */
export function ProgressTrack({ share }: { readonly share: number | undefined }) {
  return (
    <svg width="100%" height="8" aria-hidden="true" class={cx("block", share === undefined && "animate-pulse")}>
      <rect width="100%" height="8" rx="2" class="fill-line" />
      {share === undefined
        ? <line y1="4" x2="100%" y2="4" stroke-width="8" stroke-dasharray="8 8" class="stroke-accent" />
        : <rect width={`${(share * 100).toFixed(2)}%`} height="8" rx="2" class="fill-accent" />}
    </svg>
  );
}
