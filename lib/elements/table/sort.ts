/** The order in which a table's rows are shown. */
import { cellNumber, exportCell, isAbsent, type ReadElement, type WireCell } from "./cell.ts";

/** What the person chose by clicking on headers. */
export interface Sort {
  readonly column: number;
  readonly direction: "ascending" | "descending";
}

interface Key {
  readonly row: number;
  readonly number: number | undefined;
  readonly text: string;
  readonly isLast: boolean;
}

const collator = new Intl.Collator("en", { numeric: true });

/** What a click on a header leads to: ascending, descending, then the order of the rows themselves. */
export function nextSort(sort: Sort | undefined, column: number): Sort | undefined {
  if (sort?.column !== column) return { column, direction: "ascending" };
  return sort.direction === "ascending" ? { column, direction: "descending" } : undefined;
}

/**
 * Indexes of the rows in the order of one column: numbers by value, then text; absent values and NaN last, whatever
 * the direction. Equal rows keep their order.
 * @example the cells 10, 9, "b", null ascending give [1, 0, 2, 3]
 */
export function sortedOrder(
  rows: readonly (readonly WireCell[])[],
  sort: Sort | undefined,
  read: ReadElement,
): readonly number[] {
  if (sort === undefined) return rows.map((_, row) => row);
  const keys = rows.map((cells, row) => sortKey(row, cells[sort.column] ?? null, read));
  const sign = sort.direction === "ascending" ? 1 : -1;
  return keys.sort((a, b) => Number(a.isLast) - Number(b.isLast) || sign * compare(a, b) || a.row - b.row)
    .map(({ row }) => row);
}

function sortKey(row: number, cell: WireCell, read: ReadElement): Key {
  const { text } = exportCell(cell, read);
  const number = cellNumber(cell);
  const isLast = isAbsent(cell) || Number.isNaN(number);
  return { row, number, text, isLast };
}

function compare(a: Key, b: Key): number {
  if (a.isLast) return 0;
  // Subtle: the difference of two infinities is no number.
  if (a.number !== undefined && b.number !== undefined) return a.number < b.number ? -1 : Number(a.number > b.number);
  if (a.number !== undefined || b.number !== undefined) return a.number !== undefined ? -1 : 1;
  return collator.compare(a.text, b.text);
}
