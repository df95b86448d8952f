/** Round numbers for an axis. */

/** A range of numbers, `min` below `max`, both finite. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const STEPS = [1, 2, 5, 10] as const;

/**
 * Round numbers in steps of 1, 2 or 5 times a power of ten, within the range; about `count` of them.
 * @example ticks({ min: 0, max: 9.4 }, 5) is [0, 2, 4, 6, 8]
 */
export function ticks({ min, max }: Range, count: number): readonly number[] {
  const step = tickStep({ min, max }, count);
  if (step === undefined) return [min, max];
  const first = Math.ceil(min / step);
  const last = Math.floor(max / step);
  // Subtle: multiples are rounded to the step's own digits, since 3 × 0.1 is 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, index) => roundTo((first + index) * step, step));
}

/** The range widened to the ticks next outside it, so that no point stands beyond the last line. */
export function widenToTicks({ min, max }: Range, count: number): Range {
  const step = tickStep({ min, max }, count);
  if (step === undefined) return { min, max };
  const wide = { min: roundTo(Math.floor(min / step) * step, step), max: roundTo(Math.ceil(max / step) * step, step) };
  return Number.isFinite(wide.min) && Number.isFinite(wide.max) ? wide : { min, max };
}

/** The smallest range with all values; one value alone gets room around it. Undefined without a value. */
export function rangeOf(values: readonly number[]): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return undefined;
  if (min < max) return { min, max };
  const room = min === 0 ? 1 : Math.abs(min) / 2;
  return { min: min - room, max: max + room };
}

/** Where in the range a value stands, from 0 to 1. Halved first, since the width of a range may exceed all numbers. */
export function placeIn({ min, max }: Range, value: number): number {
  return (value / 2 - min / 2) / (max / 2 - min / 2);
}

/** Undefined when the range is too wide or too narrow for numbers to count it. */
function tickStep({ min, max }: Range, count: number): number | undefined {
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const isCountable = Number.isFinite(step) && step > 0 && Math.max(Math.abs(min), Math.abs(max)) / step < 1e12;
  return isCountable ? step : undefined;
}

function roundTo(value: number, step: number): number {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const rounded = digits > 100 ? value : Number(value.toFixed(digits));
  return rounded === 0 ? 0 : rounded; // No −0 on an axis.
}
