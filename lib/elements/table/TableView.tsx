import { useMemo, useState } from "preact/hooks";
import { count } from "../../ui/number_format.ts";
import { STRINGS } from "../../ui/strings.ts";
import { useLate } from "../../ui/use_late.ts";
import type { ViewProps } from "../view/element_view.ts";
import { useActiveRow } from "./active_row.ts";
import { linkTexts } from "./link_texts.ts";
import { LONG_ROWS } from "./near_chunks.ts";
import { nextSort, type Sort, sortedOrder } from "./sort.ts";
import type { TableState } from "./table.ts";
import { TableGrid } from "./TableGrid.tsx";
import { TableTitle } from "./TableTitle.tsx";
import { visibleLines } from "../../lm/visible_text.ts";

/** A table in a box of its own: wide ones scroll sideways in it, long ones downwards, and the page never. */
export function TableView({ name, state, page }: ViewProps<TableState>) {
  const { title, rows, links, sortable } = state;
  const [sort, setSort] = useState<Sort | undefined>(undefined);
  const order = useMemo(() => sortedOrder(rows, sort, page.element), [rows, sort]);
  const texts = linkTexts(links, page.element);
  const { active, handlers } = useActiveRow(new Set(texts.keys()));
  const lines = useLate(texts.size > 0, () => import("./LinkLines.tsx"));
  const undrawn = page.isReady ? 0 : Math.max(0, rows.length - LONG_ROWS);

  return (
    <figure data-table={name} class="flex w-fit min-w-0 max-w-full flex-col rounded-md border bg-panel text-12">
      <TableTitle name={name} state={state} order={order} page={page} />
      <TableGrid
        name={name}
        label={visibleLines(title || name)}
        state={state}
        order={order}
        sort={sort}
        onSort={sortable && page.isReady ? (column) => setSort(nextSort(sort, column)) : undefined}
        linkTexts={texts}
        handlers={handlers}
        page={page}
      />
      {undrawn > 0 && <p class="border-t px-2 py-1 text-soft">{STRINGS.moreRows(count(undrawn))}</p>}
      {active !== undefined && lines !== undefined && <lines.LinkLines table={name} row={active} links={links} />}
    </figure>
  );
}
