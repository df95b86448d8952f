import type { ElementOptions } from "../element.ts";
import { Input, type InputState } from "../input.ts";

export interface ChoiceState<Choice extends string = string> extends InputState<Choice> {
  readonly choices: readonly Choice[];
}

export interface ChoiceOptions<Choice extends string> extends ElementOptions {
  /** Default: the first choice. */
  readonly value?: NoInfer<Choice>;
}

export class ChoiceInput<Choice extends string = string> extends Input<Choice, ChoiceState<Choice>> {
  /** @throws {RangeError} when there is no choice, or the value is none of them */
  constructor(label: string, choices: readonly Choice[], { value, ...options }: ChoiceOptions<Choice> = {}) {
    super("choice_input", { label, choices: [...choices], value: value ?? first(label, choices) }, options);
    if (value !== undefined) this.set(value);
  }

  /** Keeps the value when it is still there, else takes the first. @throws {RangeError} when there is no choice */
  setChoices(choices: readonly Choice[]): void {
    const value = choices.includes(this.value) ? this.value : first(this.state.label, choices);
    this.change({ choices: [...choices], value });
  }

  protected override fault(value: unknown): string | undefined {
    const known = this.state.choices.some((choice) => choice === value);
    return known ? undefined : oneOf(this.state.choices);
  }
}

/** One of several texts, found by typing a part of it. */
export function choiceInput<const Choice extends string>(
  label: string,
  choices: readonly Choice[],
  options?: ChoiceOptions<Choice>,
): ChoiceInput<Choice> {
  return new ChoiceInput(label, choices, options);
}

/** @throws {RangeError} when there is none */
export function first<Choice extends string>(label: string, choices: readonly Choice[]): Choice {
  const [choice] = choices;
  if (choice === undefined) throw new RangeError(`Cannot offer "${label}": it has no choices`);
  return choice;
}

const NAMED_CHOICES = 8;

export function oneOf(choices: readonly string[]): string {
  const named = choices.slice(0, NAMED_CHOICES).map((choice) => JSON.stringify(choice)).join(", ");
  const isCut = choices.length > NAMED_CHOICES;
  return isCut ? `must be one of ${choices.length} choices (${named}, …)` : `must be one of ${named}`;
}
