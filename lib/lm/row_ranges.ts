/** Numbers of rows as an address holds them: `3,7-12`. */

/** Most rows that are named one by one. */
const MOST_ROWS = 10_000;

/** In ascending order, each once. @throws {RangeError} for what is no such list, or too long a one */
export function parseRanges(text: string): readonly number[] {
  const rows = new Set<number>();
  for (const part of text === "" ? [] : text.split(",")) {
    const [, from, to = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part) ?? [];
    const first = Number(from ?? NaN), last = Number(to ?? NaN);
    if (!(last - first >= 0)) {
      throw new RangeError(`expected rows as in "3,7-12", got ${JSON.stringify(text.slice(0, 40))}`);
    }
    if (rows.size + last - first >= MOST_ROWS) throw new RangeError(`expected at most ${MOST_ROWS} rows`);
    for (let row = first; row <= last; row++) rows.add(row);
  }
  return [...rows].sort((one, other) => one - other);
}

/** @example formatRanges([3, 12, 7, 8]) is "3,7-8,12" */
export function formatRanges(rows: readonly number[]): string {
  const sorted = [...new Set(rows)].sort((one, other) => one - other);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (sorted[end + 1] === (sorted[end] ?? NaN) + 1) end++;
    parts.push(end === at ? `${sorted[at]}` : `${sorted[at]}-${sorted[end]}`);
    at = end + 1;
  }
  return parts.join();
}

/** The rows with some others, or without them where all of them are there. */
export function toggleRows(text: string, rows: readonly number[]): string {
  const known = new Set(parseRanges(text));
  const isWhole = rows.every((row) => known.has(row));
  for (const row of rows) {
    if (isWhole) known.delete(row);
    else known.add(row);
  }
  return formatRanges([...known]);
}
