import type { ElementOptions } from "../element.ts";
import { Input, type InputState } from "../input.ts";

export interface NumberState extends InputState<number> {
  readonly min: number;
  readonly max: number;
  /** Distance between two values, counted from `min`; 0 for any. */
  readonly step: number;
  /** Drawn as a slider beside the number. */
  readonly slider: boolean;
}

export interface NumberOptions extends ElementOptions {
  readonly min: number;
  readonly max: number;
  /** Default 1; 0 allows any number between. */
  readonly step?: number;
  /** Default: `min`. */
  readonly value?: number;
}

/** Floating point: 0.3 counts as three steps of 0.1. */
const STEP_TOLERANCE = 1e-6;

export class NumberInput extends Input<number, NumberState> {
  /** @throws {RangeError} when the bounds are no range, or the value is not in it */
  constructor(label: string, slider: boolean, { min, max, step = 1, value = min, ...options }: NumberOptions) {
    super("number_input", { label, min, max, step, value, slider }, options);
    if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max && step >= 0 && Number.isFinite(step))) {
      throw new RangeError(
        `Cannot create number "${label}": expected min ≤ max and step ≥ 0, got ${min}, ${max}, ${step}`,
      );
    }
    this.set(value);
  }

  /**
   * Moves the bounds. A value outside the new ones goes to the nearer one, and one between two steps to the lower.
   * @throws {RangeError} when the bounds are no range
   */
  setRange(min: number, max: number): void {
    if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
      throw new RangeError(`Cannot set the range of "${this.state.label}": expected min ≤ max, got ${min}, ${max}`);
    }
    const value = Math.min(Math.max(this.value, min), max), { step } = this.state;
    const steps = Math.floor((value - min) / step + STEP_TOLERANCE);
    const lower = Math.min(Math.max(rounded(min + steps * step), min), max);
    this.change({ min, max, value: this.#isOnStep(value, min) ? value : lower });
  }

  protected override fault(value: unknown): string | undefined {
    const { min, max, step } = this.state;
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      return `must be a number from ${min} to ${max}`;
    }
    return this.#isOnStep(value, min) ? undefined : `must be a number from ${min} to ${max} in steps of ${step}`;
  }

  #isOnStep(value: number, min: number): boolean {
    const { step } = this.state, steps = (value - min) / step;
    return step === 0 || Math.abs(steps - Math.round(steps)) <= STEP_TOLERANCE;
  }
}

/** Without the last digits, which may be wrong: three steps of 0.1 are 0.30000000000000004. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

/** A number that is typed, with arrows. */
export function numberInput(label: string, options: NumberOptions): NumberInput {
  return new NumberInput(label, false, options);
}

/** A number that is dragged or typed. */
export function rangeInput(label: string, options: NumberOptions): NumberInput {
  return new NumberInput(label, true, options);
}
