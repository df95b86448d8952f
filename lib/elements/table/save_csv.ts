/** Saving a table as a file; fetched when somebody does. */
import type { ExportCell } from "./cell.ts";
import { csvTable } from "./csv.ts";

/** Lets the browser save a table; the file is called as its title, or as its element where it has none. */
export function saveCsv(
  title: string,
  name: string,
  headers: readonly string[],
  rows: readonly (readonly ExportCell[])[],
): void {
  download(`${fileName(title) || name}.csv`, csvTable(headers, rows.map((row) => row.map(({ text }) => text))));
}

/** "Turns / persona 3" → "Turns-persona-3". */
function fileName(title: string): string {
  return title.replaceAll(/[^\p{Letter}\p{Number}_.]+/gu, "-").replaceAll(/^[-.]+|[-.]+$/g, "").slice(0, 80);
}

function download(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  // Subtle: the browser has taken hold of the blob by the end of this turn, not before.
  setTimeout(() => URL.revokeObjectURL(url));
}
