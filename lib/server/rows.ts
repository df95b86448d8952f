/** Pages of rows, as a URL asks for them. */
import { parseCondition } from "../datasets/condition.ts";
import type { FieldFilter, RowQuery, RowSort } from "../datasets/query.ts";
import { type FoundRow, queryRows } from "../datasets/query.ts";
import type { RowProblem } from "../datasets/dataset.ts";
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

/** @throws {ProblemError} 422 for a limit or a field that is out of the question, 503 without the data */
export async function findRows(
  registry: Registry,
  { module, split, taskName }: Place,
  wish: RowWish,
  { offset = 0, limit = DEFAULT_ROWS }: { readonly offset?: number | undefined; readonly limit?: number | undefined },
): Promise<RowsAnswer> {
  if (limit < 1 || limit > LIMITS.sampleRows) {
    const detail = `Cannot use limit: it must be a whole number from 1 to ${LIMITS.sampleRows}, got ${limit}`;
    throw new ProblemError(422, "Invalid request", detail, { field: "limit" });
  }
  const dataset = await registry.dataset(module.name, taskName, split);
  const { rows, total } = await queryRows(dataset, { ...queryOf(wish), offset, limit });
  const isWhole = wish.search === "" && wish.sort === "" && Object.keys(wish.filter).length === 0;
  const end = offset + rows.length;
  const isHere = (before: number) => before >= offset && (before < end || end === dataset.size);
  const faults = isWhole ? dataset.problems.filter(({ before }) => before !== undefined && isHere(before)) : [];
  const relaxations: Relaxation[] = [];
  if (total === 0) {
    for (const { wish: smaller, field } of smallerWishes(wish)) {
      const found = await queryRows(dataset, { ...queryOf(smaller), offset: 0, limit: 1 });
      relaxations.push({ wish: smaller, total: found.total, ...(field === undefined ? {} : { field }) });
    }
  }
  return { rows, total, faults, relaxations };
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
