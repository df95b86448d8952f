/** Questions about rows as SQL, in which everything that a person wrote is a bound value. */
import { type Condition, meets, parseSearch } from "../condition.ts";
import type { PatternMatcher } from "../../lm/pattern_matcher.ts";
import type { FieldFilter, RowQuery, RowSort } from "../row_query.ts";
import { toCodePoints } from "./code_units.ts";
import type { DuckDBValue } from "./native.ts";
import { re2Text } from "./pattern_sql.ts";

/** Name → number of its table. */
export type FieldIds = ReadonlyMap<string, number>;

export interface Statement {
  readonly sql: string;
  readonly values: DuckDBValue[];
}

const FOLDED = "coalesce(folded, lower(text))";

/** The numbers of all rows that match, in the order of the rows. */
export function matchesSql(query: Pick<RowQuery, "search" | "filter">, fields: FieldIds): Statement {
  const { values, bind } = binding();
  return { sql: `SELECT row FROM rows WHERE ${where(query, fields, bind)} ORDER BY row`, values };
}

/** The numbers of a page of them in an order: numbers before texts, what is empty or absent last, equals as the rows stand. */
export function sortedSql(query: RowQuery & { readonly sort: RowSort }, fields: FieldIds): Statement {
  const { values, bind } = binding();
  const { sort: { field, descending }, offset, limit } = query;
  const id = fields.get(field);
  const table = id === undefined ? "(SELECT NULL AS row, NULL AS text, NULL AS number LIMIT 0)" : `field_${id}`;
  const way = descending ? "DESC" : "ASC";
  const order = [
    "nullif(text, '') IS NULL",
    `number IS NULL ${way}`,
    `number ${way}`,
    `CASE WHEN number IS NULL THEN nullif(text, '') END ${way}`,
    "rows.row",
  ];
  const sql = `SELECT rows.row FROM rows LEFT JOIN ${table} AS sorted ON sorted.row = rows.row
    WHERE ${where(query, fields, bind)} ORDER BY ${order.join(", ")} LIMIT ${bind(limit)} OFFSET ${bind(offset)}`;
  return { sql, values };
}

function binding() {
  const values: DuckDBValue[] = [];
  return { values, bind: (value: DuckDBValue) => `$${values.push(value)}` };
}

type Bind = (value: DuckDBValue) => string;

function where({ search = "", filter = [] }: Pick<RowQuery, "search" | "filter">, fields: FieldIds, bind: Bind) {
  const conditions = filter.map((each) => filterSql(each, fields, bind));
  if (search !== "") {
    const wanted = conditionSql(parseSearch(search), bind);
    const found = [...fields.values()].map((id) => rowsOf(id, wanted));
    conditions.push(found.length === 0 ? "false" : `rows.row IN (${found.join(" UNION ALL ")})`);
  }
  return conditions.length === 0 ? "true" : conditions.join(" AND ");
}

/** Subtle: what a row lacks, and what is empty or absent, is found as the rows that are not of the opposite. */
function filterSql({ field, condition }: FieldFilter, fields: FieldIds, bind: Bind): string {
  const id = fields.get(field);
  const takesAbsent = meets(undefined, condition);
  if (id === undefined) return String(takesAbsent);
  const found = conditionSql(condition, bind);
  return takesAbsent ? `rows.row NOT IN (${rowsOf(id, `NOT (${found})`)})` : `rows.row IN (${rowsOf(id, found)})`;
}

/** Of the texts that are there. */
function conditionSql(condition: Condition, bind: Bind): string {
  switch (condition.kind) {
    case "contains":
      return `contains(${FOLDED}, ${bind(toCodePoints(condition.text))})`;
    case "lacks":
      return `NOT contains(${FOLDED}, ${bind(toCodePoints(condition.text))})`;
    case "matches":
      return patternSql(condition.pattern, bind);
    case "mismatches":
      return `NOT ${patternSql(condition.pattern, bind)}`;
    case "in":
      return `text IN (${condition.texts.map((text) => bind(toCodePoints(text))).join(", ")})`;
    case "notIn":
      return `text NOT IN (${condition.texts.map((text) => bind(toCodePoints(text))).join(", ")})`;
    case "number":
      // Subtle: as texts, since a whole number would be bound as an integer and may be too large for one.
      return condition.bounds.map(({ mark, number }) => `number ${mark} ${bind(String(number))}::DOUBLE`).join(" AND ");
  }
}

function patternSql({ pattern: { node, isCaseless } }: PatternMatcher, bind: Bind): string {
  return `regexp_matches(${isCaseless ? FOLDED : "text"}, ${bind(re2Text(node))})`;
}

function rowsOf(id: number, condition: string): string {
  return `SELECT row FROM field_${id} WHERE ${condition}`;
}
