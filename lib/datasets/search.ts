/** Looks through a split for a text. */
import type { Dataset } from "./dataset.ts";

export interface FoundRow {
  /** Its number in the split. */
  readonly index: number;
  readonly row: unknown;
}

export interface SearchResult {
  readonly rows: readonly FoundRow[];
  /** Rows that match, on all pages. */
  readonly total: number;
}

interface SearchOptions {
  /** Looked for in every text of a row, whatever its case; "" matches every row. */
  readonly query: string;
  /** Matches to leave out, and to give. */
  readonly offset: number;
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** Rows looked at before others get their turn. */
const TURN_ROWS = 2_000;

export async function searchRows(
  dataset: Dataset<unknown>,
  { query, offset, limit, signal }: SearchOptions,
): Promise<SearchResult> {
  const wanted = query.toLowerCase();
  const rows: FoundRow[] = [];
  if (wanted === "") {
    for (let index = offset; index < Math.min(dataset.size, offset + limit); index++) {
      rows.push({ index, row: await dataset.row(index) });
    }
    return { rows, total: dataset.size };
  }
  let total = 0;
  for (let index = 0; index < dataset.size; index++) {
    const row = await dataset.row(index);
    if (matches(row, wanted)) {
      if (total >= offset && rows.length < limit) rows.push({ index, row });
      total++;
    }
    if (index % TURN_ROWS === TURN_ROWS - 1) {
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return { rows, total };
}

function matches(value: unknown, wanted: string): boolean {
  if (typeof value === "string") return value.toLowerCase().includes(wanted);
  if (typeof value === "number" || typeof value === "boolean") return String(value) === wanted;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item) => matches(item, wanted));
}
