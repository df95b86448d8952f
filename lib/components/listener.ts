/** What one reader of a session has not read yet. */
import { mergeChanges } from "../elements/element.ts";
import type { Patch } from "../elements/page.ts";
import type { ActionState, SessionEvent } from "./session_event.ts";

/** Subtle: what a slow reader has not read is merged, so that it holds no more than the page itself. */
export class Listener {
  readonly #patches = new Map<string, Patch>();
  readonly #actions = new Map<string, ActionState>();
  #wake = () => {};

  get isEmpty(): boolean {
    return this.#patches.size === 0 && this.#actions.size === 0;
  }

  change(patches: readonly Patch[]): void {
    for (const patch of patches) {
      const before = this.#patches.get(patch.element);
      this.#patches.set(patch.element, before === undefined ? patch : mergePatches(before, patch));
    }
    this.wake();
  }

  tell(element: string, action: ActionState): void {
    this.#actions.set(element, action);
    this.wake();
  }

  wake(): void {
    this.#wake();
  }

  /** Resolves when there is more, or something else to look at. */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  /** The reader gets the whole page, which has all changes so far. */
  dropPatches(): void {
    this.#patches.clear();
  }

  *drain(): Generator<SessionEvent> {
    if (this.#patches.size > 0) {
      const patches = [...this.#patches.values()];
      this.#patches.clear();
      yield { type: "patch", patches };
    }
    const actions = [...this.#actions];
    this.#actions.clear();
    for (const [element, action] of actions) yield { type: "action", element, action };
  }
}

function mergePatches(first: Patch, second: Patch): Patch {
  const { set: set1 = {}, append: append1 = {} } = first;
  const { set: set2 = {}, append: append2 = {} } = second;
  return { element: first.element, ...mergeChanges({ set: set1, append: append1 }, { set: set2, append: append2 }) };
}
