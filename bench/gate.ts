/** A measured figure with what it must reach. */
import { figure } from "./statistics.ts";
import { table } from "./table.ts";

export interface Row {
  readonly what: string;
  /** One, or one at each length of the prompt. */
  readonly values: readonly number[];
  /** Such as ms, MB, or × for a ratio. */
  readonly unit: string;
  readonly bound?: Bound;
}

/** The worst of a row's values must reach `gate`, and would better reach `aim`. */
export interface Bound {
  readonly better: "more" | "less";
  readonly gate: number;
  readonly aim?: number;
}

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
      row.values.length === 0 ? "not measured" : `${row.values.map(figure).join(" / ")} ${row.unit}`,
      boundText(row.bound, row.bound?.gate),
      boundText(row.bound, row.bound?.aim),
      verdictOf(row) ?? "",
    ]),
  );
}

function boundText(bound: Bound | undefined, value: number | undefined): string {
  if (bound === undefined || value === undefined) return "";
  return `${bound.better === "more" ? "≥" : "≤"} ${value}`;
}
