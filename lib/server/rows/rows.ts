/** Pages of rows, as a URL asks for them. */
import { parseCondition, parseSearch } from "../../datasets/condition.ts";
import type { FieldFilter, RowQuery, RowSort } from "../../datasets/row_query.ts";
import { findIndices, readRows } from "../../datasets/query.ts";
import type { FoundIndices, FoundRow } from "../../datasets/row_query.ts";
import type { Dataset, IndexState, RowProblem } from "../../datasets/dataset.ts";
import { before, countRows, hasRow, parseRanges, type RowRanges, rowsAt } from "../../lm/row_ranges.ts";
import { LIMITS } from "../entry/limits.ts";
import type { Place } from "../place.ts";
import { ProblemError } from "../problem.ts";
import type { Registry } from "../registry.ts";
import { checkFields, type NamedField } from "./known_fields.ts";
import { scoreTable } from "./row_scores.ts";
import { pageByScores, scoreQuery, type ScoreWish } from "./scored_rows.ts";
import { inTimeOrTold } from "./timed_dataset.ts";
import { usable } from "./usable_condition.ts";

const DEFAULT_ROWS = 20;
/** Before the name of a field, in the name of its condition: `filter.output=>3`. */
const FILTER = "filter.";
/** The same of what the targets say of the generator: `score.bits=>3`. */
const SCORE = "score.";

/** What a URL says of rows; each part as it stands there. */
export interface RowWish extends ScoreWish {
  readonly search: string;
  /** A field, after "-" in descending order and perhaps "+" in ascending; "" for the order of the rows. */
  readonly sort: string;
  /** Field → condition; none of them is "". */
  readonly filter: Readonly<Record<string, string>>;
  /** Numbers of the only rows to look at, as `parseRanges` reads them; "" for all. */
  readonly only: string;
}

/** A smaller wish, and how many rows it would find. */
export interface Relaxation {
  readonly wish: RowWish;
  /** The field, or the column of scores, whose condition is gone; neither for the search. */
  readonly field?: string;
  readonly column?: string;
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

/** The parameters that hold a wish, and what begins the names of others. */
export const WISH_NAMES = ["q", "sort", "by", "only"] as const;
export const WISH_PREFIXES = [FILTER, SCORE] as const;

export function rowWish(query: URLSearchParams): RowWish {
  return {
    search: query.get("q") ?? "",
    sort: query.get("sort") ?? "",
    filter: conditionsOf(query, FILTER),
    by: query.get("by") ?? "",
    scores: conditionsOf(query, SCORE),
    only: query.get("only") ?? "",
  };
}

function conditionsOf(query: URLSearchParams, before: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...query].filter(([name, text]) => name.startsWith(before) && text !== "")
      .map(([name, text]) => [name.slice(before.length), text]),
  );
}

interface RowsRequest {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for an index that is being written. Default: until it is. */
  readonly patienceMs?: number;
}

/**
 * @throws {ProblemError} 422 for a limit or a field that is out of the question, 503 without the data, 504 when its rows do
 * not come
 */
export async function findRows(
  registry: Registry,
  { module, split, taskName, generator }: Place,
  wish: RowWish,
  { offset = 0, limit = DEFAULT_ROWS, ...waiting }: RowsRequest,
): Promise<RowsAnswer> {
  if (limit < 1 || limit > LIMITS.sampleRows) {
    const detail = `Cannot use limit: it must be a whole number from 1 to ${LIMITS.sampleRows}, got ${limit}`;
    throw new ProblemError(422, "Invalid request", detail, { field: "limit" });
  }
  const dataset = await registry.dataset(module.name, taskName, split);
  const find = (part: RowWish, query: Paging) => inTimeOrTold(findWished(dataset, generator, part, query));
  const found = await patiently(dataset, waiting, (signal) => find(wish, { offset, limit, signal }));
  const state = dataset.indexState?.();
  const index = state === undefined ? {} : { index: state };
  if (found === undefined) return { isWaiting: true, ...index, rows: [], total: 0, faults: [], relaxations: [] };
  const { indices, total } = found, rows = await readRows(dataset, indices);
  await checkFields(dataset, namedFields(wish), rows);
  const end = offset + indices.length;
  const isHere = (before: number) => before >= offset && (before < end || end === dataset.size);
  const faults = isAll(wish) ? dataset.problems.filter(({ before }) => before !== undefined && isHere(before)) : [];
  const relaxations: Relaxation[] = [];
  for (const smaller of total === 0 ? smallerWishes(wish) : []) {
    const { total } = await find(smaller.wish, { offset: 0, limit: 1, ...signalOf(waiting) });
    relaxations.push({ ...smaller, total });
  }
  return { isWaiting: false, ...index, rows, total, faults, relaxations };
}

type Paging = Pick<RowQuery, "offset" | "limit" | "signal">;

/** @throws {ProblemError} 422 where scores are asked for that nobody can give */
async function findWished(
  dataset: Dataset<unknown>,
  generator: string,
  wish: RowWish,
  paging: Paging,
): Promise<FoundIndices> {
  const query = { ...queryOf(wish), ...paging }, scores = scoreQuery(wish);
  const find = (query: RowQuery) => findAmong(dataset, query, wish.only);
  if (scores === undefined) return await find(query);
  const all = { ...query, offset: 0, limit: dataset.size };
  if (generator !== "") return pageByScores((await find(all)).indices, query, scoreTable(dataset, generator), scores);
  throw new ProblemError(422, "Not available", "Cannot use scores: the module has no generator", { field: "by" });
}

/** What a query finds, of some rows alone where they are named. */
async function findAmong(dataset: Dataset<unknown>, query: RowQuery, only: string): Promise<FoundIndices> {
  if (only === "") return await findIndices(dataset, query);
  const ranges = before(rangesOf(only), dataset.size), { offset, limit, search = "", sort, filter = [] } = query;
  if (search === "" && sort === undefined && filter.length === 0) {
    return { indices: rowsAt(ranges, offset, limit), total: countRows(ranges) };
  }
  const { indices: all } = await findIndices(dataset, { ...query, offset: 0, limit: dataset.size });
  const indices = all.filter((row) => hasRow(ranges, row));
  return { indices: indices.slice(offset, offset + limit), total: indices.length };
}

/** @throws {ProblemError} 422 for what names no rows */
function rangesOf(only: string): RowRanges {
  try {
    return parseRanges(only);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ProblemError(422, "Invalid request", `Cannot use only: ${error.message}`, { field: "only" });
  }
}

/** Whether every row is wished for, as they stand. */
function isAll({ search, sort, filter, by, scores, only }: RowWish): boolean {
  return [search, sort, by, only].every((part) => part === "") && Object.keys({ ...filter, ...scores }).length === 0;
}

/**
 * The numbers of the rows that a wish asks of the data, whatever their scores, from those of a page on.
 * @param most of so many, and one more where there are more
 * @throws {ProblemError} 422 for a field that no row has
 */
export async function choiceOf(
  dataset: Dataset<unknown>,
  wish: RowWish,
  first: readonly number[],
  most: number,
): Promise<readonly number[]> {
  const query = { ...queryOf(wish), sort: undefined, offset: 0, limit: dataset.size };
  const { indices } = await findAmong(dataset, query, wish.only);
  await checkFields(dataset, namedFields({ ...wish, sort: "" }), []);
  const ahead = new Set(first), from = indices.findIndex((row) => row > Math.max(-1, ...first));
  const others = from < 0 ? indices : [...indices.slice(from), ...indices.slice(0, from)];
  return [...first, ...others.filter((row) => !ahead.has(row))].slice(0, most + 1);
}

/** @returns undefined when an index is being written and patience has ended */
async function patiently<Found>(
  dataset: Dataset<unknown>,
  { signal, patienceMs }: RowsRequest,
  find: (signal: AbortSignal) => Promise<Found>,
): Promise<Found | undefined> {
  const ending = new AbortController();
  const end = () => dataset.indexState?.().kind === "writing" && ending.abort();
  const timer = patienceMs === undefined ? undefined : setTimeout(end, patienceMs);
  try {
    const signals = [ending.signal, ...(signal === undefined ? [] : [signal])];
    return await find(AbortSignal.any(signals));
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

/** @throws {ProblemError} 422 naming what holds a pattern that cannot be used */
function queryOf({ search, sort, filter }: RowWish): Omit<RowQuery, "offset" | "limit"> {
  const filters = Object.entries(filter).map(([field, text]): FieldFilter => ({
    field,
    condition: usable(`${FILTER}${field}`, () => parseCondition(text)),
  }));
  usable("q", () => parseSearch(search));
  return { search, sort: sortOf(sort), filter: filters };
}

/** The order that an address asks for; undefined for that of the rows. */
export function sortOf(text: string): RowSort | undefined {
  if (text === "") return undefined;
  return { field: text.replace(/^[-+]/, ""), descending: text.startsWith("-") };
}

function namedFields({ sort, filter }: RowWish): readonly NamedField[] {
  const order = sortOf(sort);
  return [
    ...(order === undefined ? [] : [{ field: order.field, parameter: "sort" }]),
    ...Object.keys(filter).map((field) => ({ field, parameter: `${FILTER}${field}` })),
  ];
}

function smallerWishes(wish: RowWish): readonly Omit<Relaxation, "total">[] {
  const { filter, scores } = wish;
  return [
    ...(wish.search === "" ? [] : [{ wish: { ...wish, search: "" } }]),
    ...Object.keys(filter).map((field) => ({ field, wish: { ...wish, filter: without(filter, field) } })),
    ...(wish.only === "" ? [] : [{ column: "only", wish: { ...wish, only: "" } }]),
    ...Object.keys(scores).map((column) => ({ column, wish: { ...wish, scores: without(scores, column) } })),
  ];
}

function without(conditions: Readonly<Record<string, string>>, gone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => name !== gone));
}
