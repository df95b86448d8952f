/** What every input has: a label, a value, and the check of what a client sends for it. */
import { quote } from "../lm/quote.ts";
import { type ActionInput, Element, type ElementOptions } from "./element.ts";

/** A value that a client sent and that the input does not have. */
export class InputError extends Error {
  override readonly name = "InputError";
}

export interface InputState<Value> {
  readonly label: string;
  readonly value: Value;
}

/** A labelled value that the person at the page sets, and that goes to an action with a click. */
export abstract class Input<Value, State extends InputState<Value> = InputState<Value>> extends Element<State>
  implements ActionInput {
  #changed = false;

  constructor(kind: string, state: State, options?: ElementOptions) {
    super(kind, state, options);
  }

  get value(): Value {
    return this.state.value;
  }

  /** Whether the last click brought another value than the one before. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Sets the value, on the page too. @throws {RangeError|TypeError} when it is not one of the input's values */
  set(value: Value): void {
    const fault = this.fault(value);
    if (fault !== undefined) throw new RangeError(`Cannot set "${this.state.label}" to ${quote(value)}: ${fault}`);
    this.#put(value);
  }

  check(value: unknown): string | undefined {
    const fault = this.fault(value);
    return fault === undefined ? undefined : `${this.state.label} ${fault}, got ${quote(value)}`;
  }

  /** @throws {InputError} naming the label, the value and what was expected */
  accept(value: unknown): void {
    const fault = this.check(value);
    if (fault !== undefined) throw new InputError(fault);
    // `fault` has looked: it is undefined for values of this input alone. JSON has null where it has none.
    const known = (value ?? undefined) as Value;
    this.#changed = !Object.is(known, this.value);
    if (this.#changed) this.#put(known);
  }

  /** What happens to the value once it was sent: nothing, unless an input says otherwise. */
  sent(): void {}

  /** What is wrong with a value, as "must be …"; undefined when it is one of the input's. */
  protected abstract fault(value: unknown): string | undefined;

  #put(value: Value): void {
    this.change({ value } as Partial<State>); // Subtle: TypeScript cannot see that State's `value` is a Value.
  }
}

/** The values of a group of inputs by their keys: what an action's `values` holds. */
export type ValuesOf<Inputs> = {
  readonly [Key in keyof Inputs]: Inputs[Key] extends { readonly value: infer Value } ? Value : never;
};
