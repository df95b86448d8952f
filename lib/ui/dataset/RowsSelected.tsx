import { countRows, parseRanges } from "../../lm/row_ranges.ts";
import { ALL_ROWS, isFull, rowsHref, type RowsPage } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { LinkButton } from "../LinkButton.tsx";
import { plural } from "../number_format.ts";
import { SliceForm } from "./SliceForm.tsx";

/** What to do with the rows that were selected: look at them alone, name them as a slice, or let them go. */
export function RowsSelected({ screen, page }: { readonly screen: GenerationScreen; readonly page: RowsPage }) {
  const rows = countRows(parseRanges(page.selected)), isWhole = isFull(screen, page);
  if (rows === 0 && !isWhole) return null;
  const wish = { ...ALL_ROWS, only: page.selected }, chosen = { ...page, wish, offset: 0, selected: "" };
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line bg-sunk px-3 py-2 text-12" role="status">
      <span>{TEXT.selected(plural(rows, TEXT.row, TEXT.manyRows))}</span>
      {isWhole && <span data-full class="scroll-mt-16 text-warn">{TEXT.noMoreSelected}</span>}
      {rows > 0 && (
        <>
          <LinkButton href={rowsHref(screen, chosen)}>{TEXT.showSelected}</LinkButton>
          <LinkButton href={rowsHref(screen, { ...page, selected: "" })}>{TEXT.unselect}</LinkButton>
          <SliceForm screen={screen} place={chosen} />
        </>
      )}
    </div>
  );
}
