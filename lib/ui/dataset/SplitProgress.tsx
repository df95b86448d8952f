import { visibleText } from "../../lm/visible_text.ts";
import { LinkButton } from "../LinkButton.tsx";
import { bytes } from "./amounts.ts";
import { ProgressTrack } from "../ProgressTrack.tsx";
import { SPLIT_STRINGS as TEXT } from "./split_strings.ts";

/** How a split is. */
export interface SplitState {
  readonly state: "idle" | "loading" | "ready" | "failed";
  /** What has come of its files, where they are fetched; `of` of those whose length is known by now. */
  readonly progress?: { readonly bytes: number; readonly of: number };
  /** Why it failed. */
  readonly detail?: string;
  /** While it is tried again: why it failed before. */
  readonly failedBefore?: string;
}

/** How much of a split has come, and a way to look again; or why it failed, and a way to try again. */
export function SplitProgress({ state: split, here }: { readonly state: SplitState; readonly here: string }) {
  const { state, progress, detail, failedBefore } = split;
  if (state === "failed") {
    return (
      <div class="flex flex-wrap items-center gap-2 p-3" role="alert">
        <span class="min-w-0 break-words text-bad">{TEXT.failed(visibleText(detail ?? ""))}</span>
        <LinkButton href={here}>{TEXT.tryAgain}</LinkButton>
      </div>
    );
  }
  const share = progress === undefined || progress.of === 0 ? undefined : Math.min(1, progress.bytes / progress.of);
  return (
    <div class="flex flex-col gap-2 p-3" role="status">
      <span class="block max-w-[400px]">
        <ProgressTrack share={share} />
      </span>
      <span class="text-soft tabular-nums">{sentence(progress)}</span>
      {failedBefore !== undefined && (
        <span class="min-w-0 break-words text-bad">{TEXT.failedBefore(visibleText(failedBefore))}</span>
      )}
      <noscript>
        <LinkButton href={here}>{TEXT.lookAgain}</LinkButton>
      </noscript>
    </div>
  );
}

function sentence(progress: SplitState["progress"]): string {
  if (progress === undefined) return TEXT.opening;
  const come = progress.of === 0
    ? TEXT.fetched(bytes(progress.bytes))
    : TEXT.fetchedOf(bytes(progress.bytes), bytes(progress.of));
  return `${come} ${TEXT.once}`;
}
