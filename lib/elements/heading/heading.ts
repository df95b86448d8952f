import { Element, type ElementOptions, type Scalar } from "../element.ts";

export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | 6;

export interface HeadingState {
  readonly text: string;
  readonly level: HeadingLevel;
}

export interface HeadingOptions extends ElementOptions {
  /** Default 2. */
  readonly level?: HeadingLevel;
}

export class Heading extends Element<HeadingState> {
  /** @throws {RangeError} for a level that HTML does not have */
  constructor(text: Scalar, { level = 2, ...options }: HeadingOptions) {
    super("heading", { text: String(text), level }, options);
    if (!(Number.isInteger(level) && level >= 1 && level <= 6)) {
      throw new RangeError(`Cannot create heading "${text}": its level must be 1 to 6, got ${level}`);
    }
  }

  set(text: Scalar): void {
    this.change({ text: String(text) });
  }
}

/** A heading, shown exactly as it is written. */
export function heading(text: Scalar, options: HeadingOptions = {}): Heading {
  return new Heading(text, options);
}
