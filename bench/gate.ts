/** A measured figure with what it must reach; also as JSON. */
import * as v from "valibot";
import { figure } from "./statistics.ts";
import { table } from "./table.ts";

/** Subtle: JSON writes NaN, which stands for what was not measured, as null. */
export const measured = v.pipe(v.nullable(v.number()), v.transform((value) => value ?? NaN));

/** The worst of a row's values must reach `gate`, and would better reach `aim`. */
const boundSchema = v.object({
  better: v.picklist(["more", "less"]),
  gate: v.number(),
  aim: v.optional(v.number()),
});
export type Bound = v.InferOutput<typeof boundSchema>;

export const rowSchema = v.object({
  what: v.string(),
  /** One, or one at each length of the prompt. */
  values: v.array(measured),
  /** Such as ms, MB, or × for a ratio. */
  unit: v.string(),
  bound: v.optional(boundSchema),
});
export type Row = v.InferOutput<typeof rowSchema>;

export function atLeast(gate: number, aim?: number): Bound {
  return { better: "more", gate, ...(aim === undefined ? {} : { aim }) };
}

export function atMost(gate: number, aim?: number): Bound {
  return { better: "less", gate, ...(aim === undefined ? {} : { aim }) };
}

export type Verdict = "aim" | "gate" | "missed";

/** How far a row came; undefined where nothing is to be reached or nothing was measured. */
export function verdictOf({ values, bound }: Row): Verdict | undefined {
  if (bound === undefined || values.length === 0 || values.some(Number.isNaN)) return undefined;
  const { better, gate, aim } = bound;
  const worst = better === "more" ? Math.min(...values) : Math.max(...values);
  const reaches = (wanted: number) => better === "more" ? worst >= wanted : worst <= wanted;
  if (!reaches(gate)) return "missed";
  return aim === undefined || reaches(aim) ? "aim" : "gate";
}

export function rowsTable(rows: readonly Row[]): string {
  return table(
    ["", "measured", "gate", "aim", "reached"],
    rows.map((row) => [
      row.what,
      row.values.length === 0
        ? "not measured"
        : `${row.values.map((value) => figureOf(value, row.bound)).join(" / ")} ${row.unit}`,
      boundText(row.bound, row.bound?.gate),
      boundText(row.bound, row.bound?.aim),
      verdictOf(row) ?? "",
    ]),
  );
}

/** With a figure more where rounding would make it the bound that it is not. */
function figureOf(value: number, bound: Bound | undefined): string {
  const text = figure(value);
  const isBlurred = [bound?.gate, bound?.aim].some((wanted) => wanted === Number(text) && wanted !== value);
  return isBlurred ? String(Number(value.toPrecision(4))) : text;
}

function boundText(bound: Bound | undefined, value: number | undefined): string {
  if (bound === undefined || value === undefined) return "";
  return `${bound.better === "more" ? "≥" : "≤"} ${value}`;
}
