/** Pages of rows, as a URL asks for them. */
import { parseCondition } from "../datasets/condition.ts";
import type { FieldFilter, RowQuery, RowSort } from "../datasets/query.ts";
import { type FoundRow, type QueryResult, queryRows } from "../datasets/query.ts";
import type { Dataset, IndexState, RowProblem } from "../datasets/dataset.ts";
import { rowEntries } from "../datasets/field_text.ts";
import { LIMITS } from "./limits.ts";
import type { Place } from "./place.ts";
import { ProblemError } from "./problem.ts";
import type { Registry } from "./registry.ts";

const DEFAULT_ROWS = 20;
/** Before the name of a field, in the name of its condition: `filter.output=>3`. */
const FILTER = "filter.";

/** What a URL says of rows; each part as it stands there. */
export interface RowWish {
  readonly search: string;
  /** A field, after "-" in descending order; "" for the order of the rows. */
  readonly sort: string;
  /** Field → condition; none of them is "". */
  readonly filter: Readonly<Record<string, string>>;
}

/** A smaller wish, and how many rows it would find. */
export interface Relaxation {
  readonly wish: RowWish;
  /** The field whose condition is gone; undefined for the search. */
  readonly field?: string;
  readonly total: number;
}

export interface RowsAnswer {
  /** Whether the rows are not known yet, as the index that is to find them is still being written. */
  readonly isWaiting: boolean;
  /** How the split's index is doing; absent where it has none. */
  readonly index?: IndexState;
  readonly rows: readonly FoundRow[];
  readonly total: number;
  /** Lines that could not be read and stand between or after these rows; none in an order of one's own. */
  readonly faults: readonly RowProblem[];
  /** When nothing was found: what would be without one of its parts. */
  readonly relaxations: readonly Relaxation[];
}

export function rowWish(query: URLSearchParams): RowWish {
  const filter = [...query].filter(([name, text]) => name.startsWith(FILTER) && text !== "")
    .map(([name, text]) => [name.slice(FILTER.length), text]);
  return { search: query.get("q") ?? "", sort: query.get("sort") ?? "", filter: Object.fromEntries(filter) };
}

interface RowsRequest {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for an index that is being written. Default: until it is. */
  readonly patienceMs?: number;
}

/** @throws {ProblemError} 422 for a limit or a field that is out of the question, 503 without the data */
export async function findRows(
  registry: Registry,
  { module, split, taskName }: Place,
  wish: RowWish,
  { offset = 0, limit = DEFAULT_ROWS, ...waiting }: RowsRequest,
): Promise<RowsAnswer> {
  if (limit < 1 || limit > LIMITS.sampleRows) {
    const detail = `Cannot use limit: it must be a whole number from 1 to ${LIMITS.sampleRows}, got ${limit}`;
    throw new ProblemError(422, "Invalid request", detail, { field: "limit" });
  }
  const dataset = await registry.dataset(module.name, taskName, split);
  const found = await patiently(dataset, { ...queryOf(wish), offset, limit }, waiting);
  const state = dataset.indexState?.();
  const index = state === undefined ? {} : { index: state };
  if (found === undefined) return { isWaiting: true, ...index, rows: [], total: 0, faults: [], relaxations: [] };
  const { rows, total } = found;
  const isWhole = wish.search === "" && wish.sort === "" && Object.keys(wish.filter).length === 0;
  const end = offset + rows.length;
  const isHere = (before: number) => before >= offset && (before < end || end === dataset.size);
  const faults = isWhole ? dataset.problems.filter(({ before }) => before !== undefined && isHere(before)) : [];
  const relaxations: Relaxation[] = [];
  if (total === 0) {
    for (const { wish: smaller, field } of smallerWishes(wish)) {
      const found = await queryRows(dataset, { ...queryOf(smaller), offset: 0, limit: 1, ...signalOf(waiting) });
      relaxations.push({ wish: smaller, total: found.total, ...(field === undefined ? {} : { field }) });
    }
  }
  return { isWaiting: false, ...index, rows, total, faults, relaxations };
}

/** @returns undefined when an index is being written and patience has ended */
async function patiently(
  dataset: Dataset<unknown>,
  query: RowQuery,
  { signal, patienceMs }: RowsRequest,
): Promise<QueryResult | undefined> {
  const ending = new AbortController();
  const end = () => dataset.indexState?.().kind === "writing" && ending.abort();
  const timer = patienceMs === undefined ? undefined : setTimeout(end, patienceMs);
  try {
    const signals = [ending.signal, ...(signal === undefined ? [] : [signal])];
    return await queryRows(dataset, { ...query, signal: AbortSignal.any(signals) });
  } catch (error) {
    if (ending.signal.aborted && signal?.aborted !== true) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function signalOf({ signal }: RowsRequest): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function queryOf({ search, sort, filter }: RowWish): Omit<RowQuery, "offset" | "limit"> {
  const filters = Object.entries(filter).map(([field, text]): FieldFilter => ({
    field,
    condition: parseCondition(text),
  }));
  return { search, sort: sortOf(sort), filter: filters };
}

function sortOf(text: string): RowSort | undefined {
  if (text === "") return undefined;
  const descending = text.startsWith("-");
  return { field: descending ? text.slice(1) : text, descending };
}

function smallerWishes(wish: RowWish): readonly { readonly wish: RowWish; readonly field?: string }[] {
  const fields = Object.keys(wish.filter);
  const withoutSearch = wish.search === "" ? [] : [{ wish: { ...wish, search: "" } }];
  return [
    ...withoutSearch,
    ...fields.map((field) => {
      const filter = Object.fromEntries(Object.entries(wish.filter).filter(([name]) => name !== field));
      return { field, wish: { ...wish, filter } };
    }),
  ];
}

/** Names of the fields of some rows, in the order of their first use. */
export function fieldNames(rows: readonly FoundRow[], others: readonly unknown[]): readonly string[] {
  const known = [...rows.flatMap((found) => "row" in found ? [found.row] : []), ...others];
  return [...new Set(known.flatMap((row) => rowEntries(row).map(([name]) => name)))];
}
