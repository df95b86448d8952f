/** From points to what is read of them in words: values by x. What draws them is fetched later, without this. */
import type { SeriesPoint } from "./line_chart.ts";

export interface Readings {
  readonly points: readonly SeriesPoint[];
  /** By series. */
  readonly lines: readonly ReadLine[];
  /** All x, rising, each once. */
  readonly xs: readonly number[];
}

export interface ReadLine {
  readonly name: string;
  /** By x; several where the series has several points there. A gap is undefined. */
  readonly values: ReadonlyMap<number, readonly (number | undefined)[]>;
}

export function readingsOf(names: readonly string[], points: readonly SeriesPoint[]): Readings {
  const values = names.map(() => new Map<number, (number | undefined)[]>());
  for (const { series, x, y } of points) {
    const there = values[series]?.get(x);
    if (there === undefined) values[series]?.set(x, [y]);
    else there.push(y);
  }
  return {
    points,
    lines: names.map((name, series) => ({ name, values: values[series] ?? new Map() })),
    xs: [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b),
  };
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
