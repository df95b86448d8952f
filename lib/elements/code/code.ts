import { Element, type ElementOptions, type Scalar } from "../element.ts";

export interface CodeState {
  readonly text: string;
  /** Empty when it was not told. */
  readonly language: string;
}

export interface CodeOptions extends ElementOptions {
  /** Shown above the text, such as "ts". */
  readonly language?: string;
}

export class Code extends Element<CodeState> {
  constructor(text: Scalar, { language = "", ...options }: CodeOptions) {
    super("code", { text: String(text), language }, options);
  }

  set(text: Scalar): void {
    this.change({ text: String(text) });
  }

  /** Adds to what stands there, as a stream does. */
  append(text: Scalar): void {
    this.change({ text: this.state.text + String(text) });
  }
}

/** A text in letters of one width, line by line as it is, with a button that copies it. */
export function code(text: Scalar = "", options: CodeOptions = {}): Code {
  return new Code(text, options);
}
