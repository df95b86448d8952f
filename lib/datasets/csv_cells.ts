/** The cells of one CSV record (RFC 4180), without its line end. */

const SPACES = " \t\r";

/**
 * Cells in quotes may hold delimiters, line ends and doubled quotes; the others are what stands between delimiters.
 * @throws {SyntaxError} when quotes inside of quotes are not doubled, or are not closed
 * @example cellsOf('1,"a ""b"", c"', ",") is ["1", 'a "b", c']
 */
export function cellsOf(record: string, delimiter: string): readonly string[] {
  if (!record.includes('"')) return record.split(delimiter);
  const cells: string[] = [];
  for (let at = 0; at <= record.length;) {
    const start = at;
    if (record[start] === '"') {
      const { quote, end } = closingQuote(record, start + 1, delimiter);
      cells.push(record.slice(start + 1, quote).replaceAll('""', '"'));
      at = end + delimiter.length;
    } else {
      const found = record.indexOf(delimiter, start), end = found < 0 ? record.length : found;
      cells.push(record.slice(start, end));
      at = end + delimiter.length;
    }
  }
  return cells;
}

/** Where the quote stands that closes a cell, and where the cell ends: spaces may come between. */
function closingQuote(
  record: string,
  from: number,
  delimiter: string,
): { readonly quote: number; readonly end: number } {
  for (let quote = record.indexOf('"', from); quote >= 0; quote = record.indexOf('"', quote + 2)) {
    if (record[quote + 1] === '"') continue;
    let end = quote + 1;
    while (!record.startsWith(delimiter, end) && end < record.length && SPACES.includes(record[end] ?? "")) end++;
    if (end === record.length || record.startsWith(delimiter, end)) return { quote, end };
    throw new SyntaxError("a quote inside of a cell in quotes is not doubled");
  }
  throw new SyntaxError("a cell in quotes is not closed");
}
