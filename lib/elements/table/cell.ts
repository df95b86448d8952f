/** The cells of a table as its view and its exports read them. */
import type { Element, ElementState, Wire } from "../element.ts";

/** A scalar that JSON cannot carry: bigint, undefined, NaN, the infinities. */
export interface OddScalar {
  readonly shown: string;
  readonly isNumber: boolean;
}

/** A cell as the table's state holds it. */
export type StoredCell = string | number | boolean | null | OddScalar | Element<object>;

/** A cell as the page gets it. */
export type WireCell = Wire<StoredCell>;

/** A cell as it is exported. */
export interface ExportCell {
  readonly text: string;
  readonly isMarkdown: boolean;
}

/** Looks up an element that stands in a cell. */
export type ReadElement = (name: string) => ElementState | undefined;

const DECIMAL = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*%?\s*$/i;

/** An element with a text gives that text, any other one its kind in brackets. */
export function exportCell(cell: WireCell, read: ReadElement): ExportCell {
  if (typeof cell !== "object" || cell === null) return { text: String(cell), isMarkdown: false };
  if ("shown" in cell) return { text: cell.shown, isMarkdown: false };
  const state = read(cell.element);
  const text = state?.text;
  return { text: typeof text === "string" ? text : `[${state?.kind}]`, isMarkdown: state?.kind === "markdown" };
}

/** Null and undefined: shown by their names, sorted last. */
export function isAbsent(cell: WireCell): boolean {
  return cell === null || (typeof cell === "object" && "shown" in cell && !cell.isNumber);
}

/** The number that a cell is, or that its text spells; undefined for anything else.
 * @example cellNumber("12.5 %") is 12.5, cellNumber("12 apples") is undefined */
export function cellNumber(cell: WireCell): number | undefined {
  if (typeof cell === "number") return cell;
  if (typeof cell === "string") return DECIMAL.test(cell) ? parseFloat(cell) : undefined;
  return typeof cell === "object" && cell !== null && "shown" in cell && cell.isNumber ? Number(cell.shown) : undefined;
}
