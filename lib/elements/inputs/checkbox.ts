import type { ElementOptions } from "../element.ts";
import { Input } from "../input.ts";

export class Checkbox extends Input<boolean> {
  constructor(label: string, value: boolean, options: ElementOptions) {
    super("checkbox", { label, value }, options);
    this.set(value);
  }

  protected override fault(value: unknown): string | undefined {
    return typeof value === "boolean" ? undefined : "must be true or false";
  }
}

/** Yes or no. */
export function checkbox(label: string, value = false, options: ElementOptions = {}): Checkbox {
  return new Checkbox(label, value, options);
}
