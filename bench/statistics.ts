/** What a list of times is summed up as. */

/** Value below which a share of the list lies, from the sorted list without interpolation. @throws {RangeError} for an empty list */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new RangeError("Cannot sum up an empty list of times");
  return value;
}

/** Nearly the least: steady on a machine that does other things as well. */
export function p10(values: readonly number[]): number {
  return quantile(values, 0.1);
}

export function least(values: readonly number[]): number {
  return quantile(values, 0);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Times from one event to the next. */
export function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? NaN));
}

/** Three figures, as measurements of this kind are no better: 0.034, 1.25, 17.3, 591. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.01))));
  return value.toFixed(digits);
}
