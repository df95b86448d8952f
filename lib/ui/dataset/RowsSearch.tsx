import { ALL_ROWS, datasetHref, rowsHref, type RowsPage, wishEntries } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { HiddenPlace } from "../token/HiddenPlace.tsx";
import { LinkButton } from "../LinkButton.tsx";

/** The form of search and filters; the filters stand in the table, outside of it. */
export const FORM = "rows-search";

/** A text to look for in any field. */
export function RowsSearch({ screen, page }: { readonly screen: GenerationScreen; readonly page: RowsPage }) {
  const { wish } = page;
  // What has no field of the form.
  const rest = { ...ALL_ROWS, sort: wish.sort, by: wish.by, only: wish.only };
  return (
    <form
      id={FORM}
      method="get"
      action={`/${screen.module}/${screen.component}#rows`}
      role="search"
      class="flex flex-wrap gap-2"
    >
      <HiddenPlace href={datasetHref(screen, { ...page, wish: rest, offset: 0 })} />
      <input
        type="search"
        name="q"
        value={wish.search}
        aria-label={TEXT.search}
        placeholder={TEXT.searchHint}
        title={TEXT.searchExplained}
        class="min-h-[32px] w-[150px] sm:w-[200px] rounded-md border border-line bg-panel px-2 py-1"
      />
      <button type="submit" class="min-h-[32px] rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk">
        {TEXT.search}
      </button>
      {wishEntries(wish).length > 0 && (
        <LinkButton href={rowsHref(screen, { ...page, wish: ALL_ROWS, offset: 0 })}>{TEXT.clear}</LinkButton>
      )}
    </form>
  );
}
