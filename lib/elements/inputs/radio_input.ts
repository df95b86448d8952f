import type { ElementOptions } from "../element.ts";
import { Input, type InputState } from "../input.ts";
import { first, oneOf } from "./choice_input.ts";

export interface RadioState<Value extends string | undefined = string | undefined> extends InputState<Value> {
  readonly choices: readonly string[];
  readonly direction: "row" | "column";
  /** Starts with none chosen, and forgets the choice once it was sent. */
  readonly deselects: boolean;
}

export interface RadioOptions extends ElementOptions {
  /** Default "row". */
  readonly direction?: "row" | "column";
}

export class RadioInput<Value extends string | undefined> extends Input<Value, RadioState<Value>> {
  constructor(label: string, state: Omit<RadioState<Value>, "label">, options: ElementOptions) {
    super("radio_input", { label, ...state }, options);
    if (state.value !== undefined) this.set(state.value);
  }

  /** Keeps the value when it is still there, else takes the first, or none. @throws {RangeError} without a choice */
  setChoices(choices: readonly (Value & string)[]): void {
    const kept = choices.find((choice) => choice === this.value);
    if (this.state.deselects) return this.change({ choices: [...choices], ...(kept === undefined ? NONE : {}) });
    this.change({ choices: [...choices], value: kept ?? first(this.state.label, choices) });
  }

  override sent(): void {
    if (this.state.deselects && this.value !== undefined) this.change(NONE);
  }

  protected override fault(value: unknown): string | undefined {
    if (this.state.deselects && (value === undefined || value === null)) return undefined;
    return this.state.choices.some((choice) => choice === value) ? undefined : oneOf(this.state.choices);
  }
}

/** Subtle: only a group that deselects is ever given it, and its `Value` has undefined; the compiler cannot know. */
const NONE: { readonly value?: never } = { value: undefined } as { readonly value?: never };

/** One of a few texts, all in sight. */
export function radioInput<const Choice extends string>(
  label: string,
  choices: readonly Choice[],
  options?: RadioOptions & { readonly deselects?: false; readonly value?: NoInfer<Choice> },
): RadioInput<Choice>;
/** With `deselects`, none is chosen at first and again after each click, so `value` may be undefined. */
export function radioInput<const Choice extends string>(
  label: string,
  choices: readonly Choice[],
  options: RadioOptions & { readonly deselects: true },
): RadioInput<Choice | undefined>;
export function radioInput<Choice extends string>(
  label: string,
  choices: readonly Choice[],
  options: RadioOptions & { readonly deselects?: boolean; readonly value?: Choice } = {},
): RadioInput<Choice | undefined> {
  const { direction = "row", deselects = false, value, ...rest } = options;
  const initial = deselects ? undefined : value ?? first(label, choices);
  return new RadioInput(label, { choices: [...choices], direction, deselects, value: initial }, rest);
}
