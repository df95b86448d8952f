import { Element, type ElementOptions, type Scalar } from "../element.ts";

export interface TextState {
  readonly text: string;
  readonly format: "verbatim" | "markdown";
}

export class Text extends Element<TextState> {
  constructor(text: Scalar, format: TextState["format"], options: ElementOptions) {
    super(format === "markdown" ? "markdown" : "text", { text: String(text), format }, options);
  }

  set(text: Scalar): void {
    this.change({ text: String(text) });
  }

  /** Adds to what stands there, as a stream does. */
  append(text: Scalar): void {
    this.change({ text: this.state.text + String(text) });
  }
}

/** A text shown byte for byte: spaces, line ends and markup as they are. */
export function text(content: Scalar = "", options: ElementOptions = {}): Text {
  return new Text(content, "verbatim", options);
}

/** A text with bold, italic, code and links; anything else in it, HTML above all, is shown as it is. */
export function markdown(content: Scalar = "", options: ElementOptions = {}): Text {
  return new Text(content, "markdown", options);
}
