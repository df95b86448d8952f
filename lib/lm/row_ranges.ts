/** Numbers of rows as an address holds them: `3,7-12`. However many rows they are, their ranges are all that is kept. */

/** Both included. */
export type RowRange = readonly [first: number, last: number];
/** In ascending order, with a row between any two that is of neither. */
export type RowRanges = readonly RowRange[];

/** @throws {RangeError} for what is no such list */
export function parseRanges(text: string): RowRanges {
  const parts = text === "" ? [] : text.split(",");
  return union(parts.map((part): RowRange => {
    const [, from, to = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part) ?? [];
    const first = Number(from ?? NaN), last = Number(to ?? NaN);
    if (last >= first) return [first, last];
    throw new RangeError(`expected rows as in "3,7-12", got ${JSON.stringify(text.slice(0, 40))}`);
  }));
}

/** @example formatRanges([[3, 3], [7, 8]]) is "3,7-8" */
export function formatRanges(ranges: RowRanges): string {
  return ranges.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join();
}

export function countRows(ranges: RowRanges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

export function hasRow(ranges: RowRanges, row: number): boolean {
  let low = 0, high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[1] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.[0] ?? Infinity) <= row;
}

/** With some others, in any order. @example withRows([[3, 3]], [2, 4, 9]) is [[2, 4], [9, 9]] */
export function withRows(ranges: RowRanges, rows: readonly number[]): RowRanges {
  return union([...ranges, ...rows.map((row): RowRange => [row, row])]);
}

/** With a row, or without it where it is there. */
export function toggleRow(ranges: RowRanges, row: number): RowRanges {
  if (!hasRow(ranges, row)) return withRows(ranges, [row]);
  return ranges.flatMap(([first, last]): RowRanges => {
    if (row < first || last < row) return [[first, last]];
    return [...(first < row ? [[first, row - 1] as const] : []), ...(row < last ? [[row + 1, last] as const] : [])];
  });
}

/** What of them is before a row. */
export function before(ranges: RowRanges, end: number): RowRanges {
  return ranges.filter(([first]) => first < end).map(([first, last]) => [first, Math.min(last, end - 1)]);
}

/** At most `limit` of the rows, after as many as `offset`. */
export function rowsAt(ranges: RowRanges, offset: number, limit: number): readonly number[] {
  const rows: number[] = [];
  let skip = offset;
  for (const [first, last] of ranges) {
    for (let row = first + skip; row <= last && rows.length < limit; row++) rows.push(row);
    skip = Math.max(0, skip - (last - first + 1));
  }
  return rows;
}

function union(ranges: readonly RowRange[]): RowRanges {
  const joined: RowRange[] = [];
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const [start, end] = joined.at(-1) ?? [0, -Infinity];
    if (first > end + 1) joined.push([first, last]);
    else joined[joined.length - 1] = [start, Math.max(end, last)];
  }
  return joined;
}
