import { Element, type ElementOptions } from "../element.ts";

/** A line: its name and its points, in the order in which they are joined. */
export interface Series {
  readonly name: string;
  /** A `y` that is no finite number leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A point as it is kept. */
export interface SeriesPoint {
  /** Place of its series in `names`. */
  readonly series: number;
  readonly x: number;
  /** Absent: a gap. */
  readonly y?: number;
}

export interface LineChartState {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly names: readonly string[];
  /** Points of all series, so that one more is sent alone. */
  readonly points: readonly SeriesPoint[];
}

export interface LineChartOptions extends ElementOptions {
  readonly series?: readonly Series[];
  readonly xLabel: string;
  readonly yLabel: string;
}

export class LineChart extends Element<LineChartState> {
  /** @throws {RangeError} for an `x` that is no finite number, or two series of one name */
  constructor({ series = [], xLabel, yLabel, ...options }: LineChartOptions) {
    super("line_chart", { xLabel, yLabel, ...flatten(series) }, options);
  }

  /** Replaces all series. @throws {RangeError} for an `x` that is no finite number, or two series of one name */
  set(series: readonly Series[]): void {
    this.change(flatten(series));
  }

  /**
   * Adds a point to a series, which is made when there is none of the name; the page is sent the point alone.
   * @throws {RangeError} for an `x` that is no finite number
   */
  append(series: string, x: number, y: number): void {
    const { names } = this.state;
    const known = names.indexOf(series);
    const point = toPoint(series, known < 0 ? names.length : known, x, y);
    if (known < 0) this.lengthen("names", [series]);
    this.lengthen("points", [point]);
  }
}

/**
 * Lines over a common x axis.
 * @example lineChart({ xLabel: "step", yLabel: "loss", series: [{ name: "train", points: [[0, 2.1], [1, 1.7]] }] })
 * @throws {RangeError} for an `x` that is no finite number, or two series of one name
 */
export function lineChart(options: LineChartOptions): LineChart {
  return new LineChart(options);
}

function flatten(series: readonly Series[]): Pick<LineChartState, "names" | "points"> {
  const names = series.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`Cannot draw two series named "${twice}": their names must differ`);
  const points = series.flatMap(({ name, points }, index) => points.map(([x, y]) => toPoint(name, index, x, y)));
  return { names, points };
}

function toPoint(name: string, series: number, x: number, y: number): SeriesPoint {
  if (!Number.isFinite(x)) {
    throw new RangeError(`Cannot draw a point of series "${name}": its x must be a finite number, got ${x}`);
  }
  return Number.isFinite(y) ? { series, x, y } : { series, x };
}
