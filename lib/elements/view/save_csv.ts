/** A table as a file; fetched when somebody saves one. */
import { download } from "../../ui/download.ts";
import type { ExportCell } from "../table/cell.ts";
import { csvTable } from "../table/csv.ts";

/** The file is called as the table's title, or as its element where it has none. */
export function saveCsv(
  title: string,
  name: string,
  headers: readonly string[],
  rows: readonly (readonly ExportCell[])[],
): void {
  const text = csvTable(headers, rows.map((row) => row.map(({ text }) => text)));
  download(`${fileName(title) || name}.csv`, text, "text/csv;charset=utf-8");
}

/** "Turns / persona 3" → "Turns-persona-3". */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{Letter}\p{Number}_.]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "").slice(0, 80);
}
