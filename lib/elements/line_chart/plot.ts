/** From points to what an SVG draws: ranges, runs without gaps, values by x. */
import type { SeriesPoint } from "./line_chart.ts";
import { placeIn, type Range, rangeOf, widenToTicks } from "./ticks.ts";

/** Units of the drawing area, both ways; it is stretched to its place. */
export const PLOT_UNITS = 1000;

export interface Plot {
  readonly x: Range;
  readonly y: Range;
  /** By series. */
  readonly lines: readonly Line[];
  /** All x, rising, each once. */
  readonly xs: readonly number[];
}

export interface Line {
  readonly name: string;
  /** Runs of neighbouring points, as the `points` of a polyline. */
  readonly runs: readonly string[];
  /** Points to be marked: all of a short line, and those that stand between two gaps. */
  readonly marks: readonly (readonly [x: number, y: number])[];
  /** By x; several where the series has several points there. A gap is undefined. */
  readonly values: ReadonlyMap<number, readonly (number | undefined)[]>;
}

export const Y_TICKS = 5;
const MARKED_POINTS = 40;
const NOTHING: Range = { min: 0, max: 1 };

export function plotOf(names: readonly string[], points: readonly SeriesPoint[]): Plot {
  const x = rangeOf(points.map(({ x }) => x)) ?? NOTHING;
  const y = widenToTicks(rangeOf(points.flatMap(({ y }) => y ?? [])) ?? NOTHING, Y_TICKS);
  const bySeries = Map.groupBy(points, ({ series }) => series);
  return {
    x,
    y,
    lines: names.map((name, series) => toLine(name, bySeries.get(series) ?? [], x, y)),
    xs: [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b),
  };
}

function toLine(name: string, points: readonly SeriesPoint[], xRange: Range, yRange: Range): Line {
  const runs: (readonly [x: number, y: number])[][] = [[]];
  const values = new Map<number, (number | undefined)[]>();
  for (const { x, y } of points) {
    const there = values.get(x);
    if (there === undefined) values.set(x, [y]);
    else there.push(y);
    if (y === undefined) runs.push([]);
    else runs.at(-1)?.push([x, y]);
  }
  const isShort = points.length <= MARKED_POINTS;
  const place = ([x, y]: readonly [number, number]) =>
    `${across(xRange, x).toFixed(1)},${(PLOT_UNITS - across(yRange, y)).toFixed(1)}`;
  return {
    name,
    runs: runs.filter((run) => run.length > 1).map((run) => run.map(place).join(" ")),
    marks: runs.filter((run) => isShort || run.length === 1).flat(),
    values,
  };
}

function across(range: Range, value: number): number {
  return placeIn(range, value) * PLOT_UNITS;
}

/** Index of the x nearest to `wanted`. */
export function nearest(xs: readonly number[], wanted: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = xs[low - 1];
  const here = xs[low];
  return before !== undefined && here !== undefined && wanted - before < here - wanted ? low - 1 : low;
}
