import { datasetHref, type RowsPage } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "./generation_screen.ts";
import { LinkButton } from "./LinkButton.tsx";
import { count } from "./number_format.ts";
import { ProgressTrack } from "./ProgressTrack.tsx";

/** Instead of what an index is to tell that is still being written: how far it is, and a way to look again. */
export function IndexProgress({ screen, page }: { readonly screen: GenerationScreen; readonly page: RowsPage }) {
  const { rows, of } = page.index?.kind === "writing" ? page.index : { rows: 0, of: screen.size };
  return (
    <div class="flex flex-wrap items-center gap-2 p-3" role="status">
      <span class="w-[120px]">
        <ProgressTrack share={rows / Math.max(1, of)} />
      </span>
      <span class="min-w-0 text-soft">{TEXT.waiting(count(rows), count(of))}</span>
      <LinkButton href={datasetHref(screen, page)}>{TEXT.lookAgain}</LinkButton>
    </div>
  );
}
