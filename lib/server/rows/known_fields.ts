/** Whether the fields that rows are sorted or kept by are there at all: one that is misspelt would find nothing, silently. */
import type { Dataset } from "../../datasets/dataset.ts";
import { rowEntries } from "../../datasets/field_text.ts";
import { readRows } from "../../datasets/query.ts";
import type { FoundRow } from "../../datasets/row_query.ts";
import { mayLookAtAll, statisticsOf } from "../../datasets/statistics.ts";
import { ProblemError } from "../problem.ts";
import { shownName } from "../shown_name.ts";
import { inTimeOrTold } from "./timed_dataset.ts";

/** Rows whose fields are looked at first; of most data sets they are the fields of all. */
const FIRST_ROWS = 20;
/** Fields that are named in a refusal. */
const MOST_NAMED = 30;

/** A field that a wish names, and the parameter that does so. */
export interface NamedField {
  readonly field: string;
  readonly parameter: string;
}

/**
 * Rows may differ in their fields, so a field counts as unknown only where every row was looked at.
 * @param found rows of the answer
 * @throws {ProblemError} 422 naming the field that no row has, and those that there are
 */
export async function checkFields(
  dataset: Dataset<unknown>,
  named: readonly NamedField[],
  found: readonly FoundRow[],
): Promise<void> {
  if (named.length === 0 || dataset.size === 0) return;
  const known = fieldNames(found, []);
  if (named.every(({ field }) => known.includes(field))) return;
  const numbers = Array.from({ length: Math.min(FIRST_ROWS, dataset.size) }, (_, index) => index);
  const seen = fieldNames([...found, ...await readRows(dataset, numbers)], []);
  const doubtful = named.filter(({ field }) => !seen.includes(field));
  if (doubtful.length === 0 || !mayLookAtAll(dataset)) return;
  const { fields, isWhole } = await inTimeOrTold(statisticsOf(dataset));
  // Subtle: an engine of the split that has no index, after all, looks at some rows only.
  if (!isWhole) return;
  const all = [...new Set([...seen, ...fields.map(({ field }) => field)])];
  const unknown = doubtful.find(({ field }) => !all.includes(field));
  if (unknown === undefined || all.length === 0) return;
  const names = all.slice(0, MOST_NAMED).map(shownName).join(", ");
  const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : "";
  const field = shownName(unknown.parameter);
  const detail = `Cannot use ${field}: no row has a field "${shownName(unknown.field)}", only ${names}${more}`;
  throw new ProblemError(422, "Invalid request", detail, { field });
}

/** Names of the fields of some rows, in the order of their first use. */
export function fieldNames(rows: readonly FoundRow[], others: readonly unknown[]): readonly string[] {
  const known = [...rows.flatMap((found) => "row" in found ? [found.row] : []), ...others];
  return [...new Set(known.flatMap((row) => rowEntries(row).map(([name]) => name)))];
}
