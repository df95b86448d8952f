/** A table as a file; fetched when somebody saves one. */
import type { ExportCell } from "./cell.ts";
import { csvTable } from "./csv.ts";

/** What the file holds; it is called as the table's title, or as its element where it has none. */
export function csvFile(
  title: string,
  name: string,
  headers: readonly string[],
  rows: readonly (readonly ExportCell[])[],
): { readonly file: string; readonly text: string } {
  const text = csvTable(headers, rows.map((row) => row.map(({ text }) => text)));
  return { file: `${fileName(title) || name}.csv`, text };
}

/** "Turns / persona 3" → "Turns-persona-3". */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{Letter}\p{Number}_.]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "").slice(0, 80);
}
