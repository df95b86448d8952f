/**
 * A table as comma-separated values (RFC 4180): lines end in CR LF; a field with a comma, a quote or a line end is quoted.
 * A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
 * @example csvTable(["a", "b"], [["1", 'say "hi"']]) is 'a,b\r\n1,"say ""hi"""\r\n'
 */
export function csvTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headers, ...rows].map((cells) => `${csvLine(cells)}\r\n`).join("");
}

/** How spreadsheets know a formula, which a number with a sign is none of. */
const FORMULA = /^[=@\t\r]|^[-+](?!Infinity$|(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*%?\s*$)/i;

/** Subtle: an empty field that is alone on its line is quoted, as readers skip blank lines. */
function csvLine(cells: readonly string[]): string {
  return cells.length === 1 && cells[0] === "" ? '""' : cells.map(csvField).join(",");
}

function csvField(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
