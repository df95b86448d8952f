import { Element, type ElementOptions } from "../element.ts";

export interface ColumnsState {
  readonly children: readonly Element<object>[];
}

export class Columns extends Element<ColumnsState> {
  constructor(children: readonly Element<object>[], options: ElementOptions) {
    super("columns", { children: [...children] }, options);
  }

  add(...elements: readonly Element<object>[]): void {
    this.lengthen("children", elements);
  }
}

/** Elements side by side as far as there is room, then below each other. */
export function columns(children: readonly Element<object>[], options: ElementOptions = {}): Columns {
  return new Columns(children, options);
}
