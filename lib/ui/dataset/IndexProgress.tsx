import type { IndexState } from "../../datasets/dataset.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { LinkButton } from "../LinkButton.tsx";
import { count } from "../number_format.ts";
import { ProgressTrack } from "../ProgressTrack.tsx";

interface IndexProgressProps {
  /** Absent when it is only known that it was being written. */
  readonly index: IndexState | undefined;
  /** The address of the screen, to look again. */
  readonly here: string;
  /** Whether the page waits for it, and does not only tell how far it is. */
  readonly isAwaited: boolean;
}

/** How far an index is that is being written, and a way to what waits for it. */
export function IndexProgress({ index, here, isAwaited }: IndexProgressProps) {
  const isWriting = index === undefined || index.kind === "writing";
  if (!isWriting && !isAwaited) return null;
  const { rows, of } = index?.kind === "writing" ? index : { rows: 0, of: 0 };
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 text-12" role="status">
      {isWriting && (
        <span class="w-[120px]">
          <ProgressTrack share={of === 0 ? undefined : rows / of} />
        </span>
      )}
      <span class="min-w-0 text-soft">
        {isWriting ? `${TEXT.indexing(count(rows), count(of))}${isAwaited ? ` ${TEXT.awaited}` : ""}` : TEXT.indexMade}
      </span>
      {isAwaited && <LinkButton href={here}>{isWriting ? TEXT.lookAgain : TEXT.showRows}</LinkButton>}
    </div>
  );
}
