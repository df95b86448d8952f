/** How a JSON value falls into branches: members, items, and chunks of those where there are many. */

/** A part of a list or an object; `end` is outside. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

export interface Branch {
  /** A key, an index, or the two ends of a chunk; undefined for the whole. */
  readonly name: string | number | undefined;
  readonly value: unknown;
  /** Set when the branch is a part of `value`. */
  readonly chunk: Chunk | undefined;
}

const CHUNK = 100;

export function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** @example a list of 250 has the branches "0 … 99", "100 … 199" and "200 … 249" */
export function branchesOf({ value, chunk }: Branch): readonly Branch[] {
  const members = membersOf(value);
  const { start, end } = chunk ?? { start: 0, end: members.length };
  if (end - start <= CHUNK) {
    return members.slice(start, end).map(([name, item]) => ({ name, value: item, chunk: undefined }));
  }
  const width = chunkWidth(end - start);
  return Array.from({ length: Math.ceil((end - start) / width) }, (_, index) => {
    const from = start + index * width;
    const to = Math.min(end, from + width);
    return { name: `${from} … ${to - 1}`, value, chunk: { start: from, end: to } };
  });
}

/** Values in a tree, itself included; counting stops at `limit`. */
export function sizeOf(value: unknown, limit: number): number {
  let size = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && size < limit) {
    const next = waiting.pop();
    size++;
    if (isTree(next)) { for (const [, item] of membersOf(next)) waiting.push(item); }
  }
  return size;
}

/** The smallest power of a hundred that leaves at most a hundred chunks. */
function chunkWidth(length: number): number {
  let width = CHUNK;
  while (length > width * CHUNK) width *= CHUNK;
  return width;
}

function membersOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
  return isTree(value) ? Object.entries(value) : [];
}
