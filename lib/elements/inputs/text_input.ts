import type { ElementOptions } from "../element.ts";
import { Input, type InputState } from "../input.ts";

/** UTF-16 code units, well below what a request may hold. */
const MAX_LENGTH = 200_000;

export interface TextInputState extends InputState<string> {
  readonly placeholder: string;
  /** Emptied once its text was sent. */
  readonly blanks: boolean;
  readonly maxLength: number;
}

export interface TextInputOptions extends ElementOptions {
  readonly placeholder?: string;
  /** Emptied once its text was sent, as a message is; default false. */
  readonly blanks?: boolean;
  /** In UTF-16 code units; default 200,000. */
  readonly maxLength?: number;
}

export class TextInput extends Input<string, TextInputState> {
  constructor(
    label: string,
    value: string,
    { placeholder = "", blanks = false, maxLength = MAX_LENGTH, ...options }: TextInputOptions,
  ) {
    super("text_input", { label, value, placeholder, blanks, maxLength }, options);
    this.set(value);
  }

  setPlaceholder(placeholder: string): void {
    this.change({ placeholder });
  }

  override sent(): void {
    if (this.state.blanks && this.value !== "") this.change({ value: "" });
  }

  protected override fault(value: unknown): string | undefined {
    const { maxLength } = this.state;
    if (typeof value === "string" && value.length <= maxLength) return undefined;
    return `must be a text of at most ${maxLength} characters`;
  }
}

/** A text: Enter sends it, Shift+Enter begins a new line. The action gets it byte for byte as it was typed. */
export function textInput(label: string, value = "", options: TextInputOptions = {}): TextInput {
  return new TextInput(label, value, options);
}
