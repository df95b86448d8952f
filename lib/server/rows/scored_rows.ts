/** Pages of rows filtered and sorted by what their targets say of a generator, beside what the data themselves say. */
import { type Condition, parseCondition } from "../../datasets/condition.ts";
import type { FoundIndices, RowQuery } from "../../datasets/row_query.ts";
import { SCORE_COLUMNS, type ScoreColumn } from "../../lm/row_score.ts";
import { ProblemError } from "../problem.ts";
import type { ScoreTable } from "./score_table.ts";
import { usable } from "./usable_condition.ts";

/** As texts of an address: a column, after "-" in descending order, or ""; and conditions by column. */
export interface ScoreWish {
  readonly by: string;
  readonly scores: Readonly<Record<string, string>>;
}

export interface ScoreQuery {
  readonly sort: { readonly column: ScoreColumn; readonly descending: boolean } | undefined;
  readonly filter: readonly { readonly column: ScoreColumn; readonly condition: Condition }[];
}

/** @returns undefined where nothing is asked of the scores. @throws {ProblemError} 422 naming the columns there are */
export function scoreQuery({ by, scores }: ScoreWish): ScoreQuery | undefined {
  const filter = Object.entries(scores).map(([name, text]) => ({
    column: scoreColumn(name, `score.${name}`),
    condition: scoreCondition(text, `score.${name}`),
  }));
  if (by === "" && filter.length === 0) return undefined;
  const descending = by.startsWith("-");
  const sort = by === "" ? undefined : { column: scoreColumn(descending ? by.slice(1) : by, "by"), descending };
  return { sort, filter };
}

/** A comparison, or exact values: a part of a number's digits says nothing of it. */
function scoreCondition(text: string, field: string): Condition {
  const condition = usable(field, () => parseCondition(text));
  if (["number", "in", "notIn"].includes(condition.kind)) return condition;
  const detail = `Cannot use ${field}: expected a comparison as >3 or >=1 <5, or = for none, got ${
    JSON.stringify(text)
  }`;
  throw new ProblemError(422, "Invalid request", detail, { field });
}

function scoreColumn(name: string, field: string): ScoreColumn {
  const column = SCORE_COLUMNS.find((each) => each === name);
  if (column !== undefined) return column;
  const detail = `Cannot use ${field}: expected one of ${SCORE_COLUMNS.join(", ")}, got ${JSON.stringify(name)}`;
  throw new ProblemError(422, "Invalid request", detail, { field });
}

/**
 * A page of rows by their scores. Those without one meet no condition on it, and come last in both directions; equals stay
 * in their order.
 * @param indices of the rows that the data's own part of the question finds
 */
export function pageByScores(
  indices: readonly number[],
  { offset, limit }: Pick<RowQuery, "offset" | "limit">,
  table: ScoreTable,
  { sort, filter }: ScoreQuery,
): FoundIndices {
  const found = filter.length === 0
    ? indices
    : indices.filter((row) => filter.every(({ column, condition }) => table.meets(row, column, condition)));
  const sorted = sort === undefined ? found : sortByScore(found, table, sort);
  return { indices: sorted.slice(offset, offset + limit), total: sorted.length };
}

function sortByScore(
  rows: readonly number[],
  table: ScoreTable,
  { column, descending }: NonNullable<ScoreQuery["sort"]>,
): readonly number[] {
  const scored: { readonly row: number; readonly number: number }[] = [], others: number[] = [];
  for (const row of rows) {
    const number = table.number(row, column);
    if (number === undefined) others.push(row);
    else scored.push({ row, number });
  }
  const direction = descending ? -1 : 1;
  scored.sort((one, other) => direction * (one.number - other.number)); // It is stable.
  return [...scored.map(({ row }) => row), ...others];
}
