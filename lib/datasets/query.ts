/** Pages through a split: searched, sorted and filtered. */
import { type Condition, meets, meetsInTurns, parseSearch } from "./condition.ts";
import type { Dataset } from "./dataset.ts";
import type { FieldFilter, FoundIndices, FoundRow, RowQuery } from "./row_query.ts";
import { fieldNumber, fieldText, rowEntries } from "./field_text.ts";
import { foundRow, scanRows } from "./scan.ts";
import { sortedInTurns } from "./sorted_in_turns.ts";
import { Turns } from "./turns.ts";

/** Effort of patterns in one turn: some milliseconds. */
export const TURN_EFFORT = 2 ** 19;

export interface QueryResult {
  readonly rows: readonly FoundRow[];
  readonly total: number;
}

/** A page of rows; by the dataset's own engine where it has one, else by looking at each row. */
export async function queryRows(dataset: Dataset<unknown>, query: RowQuery): Promise<QueryResult> {
  const { indices, total } = await findIndices(dataset, query);
  return { total, rows: await readRows(dataset, indices) };
}

/** Rows by their numbers, each as it is or with why it cannot be read. */
export function readRows(dataset: Dataset<unknown>, indices: readonly number[]): Promise<readonly FoundRow[]> {
  return Promise.all(indices.map((index) => foundRow(dataset, index)));
}

/** The same without the rows themselves. */
export function findIndices(dataset: Dataset<unknown>, query: RowQuery): FoundIndices | Promise<FoundIndices> {
  const { search = "", sort, filter = [], offset, limit } = query;
  if (search === "" && sort === undefined && filter.length === 0) {
    const length = Math.max(0, Math.min(limit, dataset.size - offset));
    return { indices: Array.from({ length }, (_, place) => offset + place), total: dataset.size };
  }
  return dataset.query === undefined ? scanIndices(dataset, query) : dataset.query(query);
}

interface SortKey {
  readonly index: number;
  readonly text: string | undefined;
  readonly number: number | undefined;
}

/**
 * Looks at each row.
 * Subtle: an unsorted search keeps the numbers of the matches alone, so that no row stays in memory.
 */
export async function scanIndices(dataset: Dataset<unknown>, query: RowQuery): Promise<FoundIndices> {
  const { search = "", sort, filter = [], offset, limit, signal } = query;
  const wanted = search === "" ? undefined : parseSearch(search);
  const hasPattern = [wanted, ...filter.map(({ condition }) => condition)].some(isPattern);
  const turns = new Turns(TURN_EFFORT, signal);
  const found: number[] = [], keys: SortKey[] = [];
  for await (const batch of scanRows(dataset, signal)) {
    for (const each of batch) {
      // A row that cannot be read has no text that could match; the page that shows it tells why.
      if (!("row" in each)) continue;
      const fields = new Map(rowEntries(each.row).map(([name, value]) => [name, fieldText(value)]));
      const isWanted = hasPattern
        ? await matchesInTurns(fields, wanted, filter, turns)
        : matches(fields, wanted, filter);
      if (!isWanted) continue;
      // What is empty is as good as absent.
      const text = sort && (fields.get(sort.field) || undefined);
      if (sort === undefined) found.push(each.index);
      else keys.push({ index: each.index, text, number: fieldNumber(text) });
    }
  }
  const sorted = sort === undefined ? found : await sortedIndices(keys, sort.descending, signal);
  return { indices: sorted.slice(offset, offset + limit), total: sorted.length };
}

function matches(
  fields: ReadonlyMap<string, string | undefined>,
  wanted: Condition | undefined,
  filter: readonly FieldFilter[],
): boolean {
  const isFound = wanted === undefined || [...fields.values()].some((text) => meets(text, wanted));
  return isFound && filter.every(({ field, condition }) => meets(fields.get(field), condition));
}

/** The same where a pattern is asked for, which would hold everybody up with long texts. */
async function matchesInTurns(
  fields: ReadonlyMap<string, string | undefined>,
  wanted: Condition | undefined,
  filter: readonly FieldFilter[],
  turns: Turns,
): Promise<boolean> {
  let isFound = wanted === undefined;
  for (const text of fields.values()) {
    if (isFound || wanted === undefined) break;
    isFound = await meetsInTurns(text, wanted, turns);
  }
  if (!isFound) return false;
  for (const { field, condition } of filter) {
    if (!await meetsInTurns(fields.get(field), condition, turns)) return false;
  }
  return true;
}

function isPattern(condition: Condition | undefined): boolean {
  return condition?.kind === "matches" || condition?.kind === "mismatches";
}

async function sortedIndices(
  keys: readonly SortKey[],
  descending: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const direction = descending ? -1 : 1;
  const sorted = await sortedInTurns(keys, (one, other) => {
    if (one.text === undefined || other.text === undefined) {
      return Number(one.text === undefined) - Number(other.text === undefined) || one.index - other.index;
    }
    return direction * compare(one, other) || one.index - other.index;
  }, { signal });
  return sorted.map(({ index }) => index);
}

function compare(one: SortKey, other: SortKey): number {
  if (one.number !== undefined && other.number !== undefined) return one.number - other.number;
  if (one.number !== undefined) return -1;
  if (other.number !== undefined) return 1;
  const [a, b] = [one.text ?? "", other.text ?? ""];
  return a < b ? -1 : a > b ? 1 : 0;
}
