import { Element, type ElementOptions } from "../element.ts";
import { type ChartPiece, checkMax, type Piece, readPieces } from "./pieces.ts";
import { SelectableBarChart, type SelectableBarChartOptions } from "./selectable_bar_chart.ts";

export interface BarChartState {
  readonly title: string;
  readonly pieces: readonly ChartPiece[];
  readonly max: number;
  /** Titles stand above their bars, whole and as they are. */
  readonly long: boolean;
}

export interface BarChartOptions extends ElementOptions {
  readonly pieces?: readonly Piece[];
  /** What a full bar stands for; default 1, and numbers are then shown in per cent. */
  readonly max?: number;
  /** For titles of many words, such as contexts; default false. */
  readonly long?: boolean;
}

export class BarChart extends Element<BarChartState> {
  /** @throws {RangeError} for a value outside 0…max */
  constructor(title: string, { pieces = [], max = 1, long = false, ...options }: BarChartOptions) {
    checkMax(title, max);
    super("bar_chart", { title, pieces: readPieces(pieces, max), max, long }, options);
  }

  /** Replaces all pieces. @throws {RangeError} naming the piece whose value is outside 0…max */
  set(pieces: readonly Piece[]): void {
    this.change({ pieces: readPieces(pieces, this.state.max) });
  }
}

/**
 * Titles with bars. With `onSelect`, one of the pieces can be chosen and sent.
 * @example barChart("Next token", { pieces: [["cat", 0.7], ["dog", 0.3]] })
 * @throws {RangeError} for a value outside 0…max
 */
export function barChart(title: string, options: SelectableBarChartOptions): SelectableBarChart;
export function barChart(title: string, options?: BarChartOptions & { readonly onSelect?: never }): BarChart;
export function barChart(
  title: string,
  options: BarChartOptions | SelectableBarChartOptions = {},
): BarChart | SelectableBarChart {
  return "onSelect" in options && options.onSelect !== undefined
    ? new SelectableBarChart(title, options)
    : new BarChart(title, options);
}
