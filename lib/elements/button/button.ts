import { type ActionResult, Element, type ElementAction, type ElementOptions, type Scalar } from "../element.ts";
import type { Input, ValuesOf } from "../input.ts";

/** The inputs of a button by the names under which its action gets their values. */
// deno-lint-ignore no-explicit-any -- an input of any value; `unknown` is refused, as inputs take values too
export type Inputs = Readonly<Record<string, Input<any, any>>>;

export interface ButtonState {
  readonly label: string;
  readonly disabled: boolean;
  readonly inputs: readonly Input<unknown>[];
}

export interface ButtonOptions<Group extends Inputs> extends ElementOptions {
  /** Drawn above the button; their values go with its click. */
  readonly inputs?: Group;
  readonly disabled?: boolean;
}

/** What an action is given. */
export interface ActionContext<Group extends Inputs> {
  /** The value of each input, checked against it. */
  readonly values: ValuesOf<Group>;
  /** Aborts when the person cancels, and when the page is given up. */
  readonly signal: AbortSignal;
}

export type ButtonAction<Group extends Inputs> = (context: ActionContext<Group>) => ActionResult;

export class Button<Group extends Inputs> extends Element<ButtonState> {
  readonly #inputs: Group;
  readonly #run: ButtonAction<Group>;

  constructor(label: string, { inputs, disabled = false, ...options }: ButtonOptions<Group>, run: ButtonAction<Group>) {
    const group = inputs ?? ({} as Group); // Without inputs, Group is the empty record.
    super("button", { label, disabled, inputs: Object.values(group) }, options);
    this.#inputs = group;
    this.#run = run;
  }

  override get action(): ElementAction {
    return {
      inputs: this.state.inputs,
      refusal: this.state.disabled ? `"${this.state.label}" is disabled` : undefined,
      prepare: () => {
        const entries = Object.entries(this.#inputs).map(([name, { value }]) => [name, value]);
        const values: ValuesOf<Group> = Object.fromEntries(entries);
        return (signal) => this.#run({ values, signal });
      },
    };
  }

  setLabel(label: Scalar): void {
    this.change({ label: String(label) });
  }

  enable(): void {
    this.change({ disabled: false });
  }

  disable(): void {
    this.change({ disabled: true });
  }
}

/**
 * Runs code when it is clicked. An action that is a generator sends what changed at each `yield`; one at a time
 * runs for each button.
 */
export function button(label: string, action: ButtonAction<Record<never, never>>): Button<Record<never, never>>;
export function button<const Group extends Inputs>(
  label: string,
  options: ButtonOptions<Group>,
  action: ButtonAction<Group>,
): Button<Group>;
export function button<Group extends Inputs>(
  label: string,
  options: ButtonOptions<Group> | ButtonAction<Group>,
  action?: ButtonAction<Group>,
): Button<Group> {
  if (typeof options === "function") return new Button(label, {}, options);
  if (action === undefined) throw new TypeError(`Cannot create button "${label}": it has no action`);
  return new Button(label, options, action);
}
