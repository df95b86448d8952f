import type { Wire } from "../element.ts";
import type { ReadElement } from "./cell.ts";
import type { RowLink, TableState } from "./table.ts";

/** What the links of each row say to who cannot see the lines, by the row's id.
 * @example a link to the first row of the table "Turns", labelled "0.9", says "→ Turns, row 1: 0.9" */
export function linkTexts(links: readonly Wire<RowLink>[], read: ReadElement): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  for (const { row, table, target, label } of links) {
    const place = placeOf(target, read(table.element));
    if (place === undefined) continue;
    const text = `→ ${place.title || table.element}, row ${place.row}${label === "" ? "" : `: ${label}`}`;
    texts.set(row, texts.has(row) ? `${texts.get(row)}; ${text}` : text);
  }
  return texts;
}

/** Where a row stands in its table, counted from 1; undefined once it is gone. */
function placeOf(
  id: number,
  table: ReturnType<ReadElement>,
): { readonly title: string; readonly row: number } | undefined {
  if (table === undefined) return undefined;
  // Our own server's state of a table.
  const { title, first, rows } = table as unknown as Wire<TableState>;
  return id >= first && id < first + rows.length ? { title, row: id - first + 1 } : undefined;
}
