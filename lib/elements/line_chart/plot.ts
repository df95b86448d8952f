/** From points to what an SVG draws: ranges and runs without gaps. */
import type { SeriesPoint } from "./line_chart.ts";
import type { Readings } from "./readings.ts";
import { placeIn, type Range, rangeOf, widenToTicks } from "./ticks.ts";

/** Units of the drawing area, both ways; it is stretched to its place. */
export const PLOT_UNITS = 1000;

export interface Plot {
  readonly x: Range;
  readonly y: Range;
  /** By series. */
  readonly lines: readonly Line[];
}

export interface Line {
  /** Runs of neighbouring points, as the `points` of a polyline. */
  readonly runs: readonly string[];
  /** Points to be marked: all of a short line, and those that stand between two gaps. */
  readonly marks: readonly (readonly [x: number, y: number])[];
}

export const Y_TICKS = 5;
const MARKED_POINTS = 40;
const NOTHING: Range = { min: 0, max: 1 };

export function plotOf({ lines, points }: Readings): Plot {
  const x = rangeOf(points.map(({ x }) => x)) ?? NOTHING;
  const y = widenToTicks(rangeOf(points.flatMap(({ y }) => y ?? [])) ?? NOTHING, Y_TICKS);
  const bySeries = Map.groupBy(points, ({ series }) => series);
  return {
    x,
    y,
    lines: lines.map((_, series) => toLine(bySeries.get(series) ?? [], x, y)),
  };
}

function toLine(points: readonly SeriesPoint[], xRange: Range, yRange: Range): Line {
  const runs: (readonly [x: number, y: number])[][] = [[]];
  for (const { x, y } of points) {
    if (y === undefined) runs.push([]);
    else runs.at(-1)?.push([x, y]);
  }
  const isShort = points.length <= MARKED_POINTS;
  const place = ([x, y]: readonly [number, number]) =>
    `${across(xRange, x).toFixed(1)},${(PLOT_UNITS - across(yRange, y)).toFixed(1)}`;
  return {
    runs: runs.filter((run) => run.length > 1).map((run) => run.map(place).join(" ")),
    marks: runs.filter((run) => isShort || run.length === 1).flat(),
  };
}

function across(range: Range, value: number): number {
  return placeIn(range, value) * PLOT_UNITS;
}
