import { Element, type ElementOptions, type Scalar } from "../element.ts";

export interface CollapsibleState {
  readonly title: string;
  readonly open: boolean;
  /** Counts the calls of `open` and `close`, so that a page where the person has done otherwise since hears of each. */
  readonly version: number;
  readonly children: readonly Element<object>[];
}

export interface CollapsibleOptions extends ElementOptions {
  /** Default false. */
  readonly open?: boolean;
}

export class Collapsible extends Element<CollapsibleState> {
  constructor(title: Scalar, children: readonly Element<object>[], { open = false, ...options }: CollapsibleOptions) {
    super("collapsible", { title: String(title), open, version: 0, children: [...children] }, options);
  }

  setTitle(title: Scalar): void {
    this.change({ title: String(title) });
  }

  open(): void {
    this.change({ open: true, version: this.state.version + 1 });
  }

  close(): void {
    this.change({ open: false, version: this.state.version + 1 });
  }

  /** Adds elements below those that are there. */
  add(...elements: readonly Element<object>[]): void {
    this.lengthen("children", elements);
  }
}

/** Elements under a title that opens and closes them; collapsibles may stand in each other. */
export function collapsible(
  title: Scalar,
  children: readonly Element<object>[],
  options: CollapsibleOptions = {},
): Collapsible {
  return new Collapsible(title, children, options);
}
