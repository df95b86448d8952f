import { Element, type ElementOptions } from "../element.ts";

export interface ProgressState {
  readonly label: string;
  readonly done: number;
  /** Undefined while nobody knows, and null on the wire. */
  readonly of: number | undefined;
}

export interface ProgressOptions extends ElementOptions {
  /** How much there is to do; left out while nobody knows. */
  readonly of?: number;
}

export class ProgressBar extends Element<ProgressState> {
  /** @throws {RangeError} when `of` is no number from 0 */
  constructor(label: string, { of, ...options }: ProgressOptions) {
    super("progress", { label, done: 0, of }, options);
    check(label, 0, of);
  }

  /** How much is done. @throws {RangeError} when it is no number from 0 to the total */
  set(done: number): void {
    check(this.state.label, done, this.state.of);
    this.change({ done });
  }

  /** How much there is to do; undefined when nobody knows any more. @throws {RangeError} below what is done */
  setTotal(of: number | undefined): void {
    check(this.state.label, this.state.done, of);
    this.change({ of });
  }
}

/** How far something is, as a bar and in words: "3 of 10". For an action's own progress `yield { done, of }` is enough. */
export function progress(label: string, options: ProgressOptions = {}): ProgressBar {
  return new ProgressBar(label, options);
}

function check(label: string, done: number, of: number | undefined): void {
  if (of !== undefined && !(Number.isFinite(of) && of >= 0)) {
    throw new RangeError(`Cannot set the total of progress "${label}": expected a number from 0, got ${of}`);
  }
  if (Number.isFinite(done) && done >= 0 && (of === undefined || done <= of)) return;
  const range = of === undefined ? "a number from 0" : `a number from 0 to ${of}`;
  throw new RangeError(`Cannot set progress "${label}": what is done must be ${range}, got ${done}`);
}
