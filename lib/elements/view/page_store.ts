/** A developer's page in the browser: the elements' states, what the person has typed but not sent, and the actions. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ActionState, SessionState } from "../../components/session_event.ts";
import type { ElementState } from "../element.ts";
import type { Patch } from "../page.ts";

/** An action as the page knows it, with the moment at which its `elapsedMs` was true. */
export type ShownAction = ActionState & { readonly receivedMs: number };

export class PageStore {
  readonly #elements = new Map<string, Signal<ElementState | undefined>>();
  readonly #edits = new Map<string, Signal<Edit | undefined>>();
  readonly #actions = signal<Readonly<Record<string, ShownAction>>>({});

  constructor(state: SessionState) {
    this.replace(state);
  }

  get actions(): ReadonlySignal<Readonly<Record<string, ShownAction>>> {
    return this.#actions;
  }

  /** Undefined for an element that the page was not sent. */
  element(name: string): ElementState | undefined {
    return entry(this.#elements, name).value;
  }

  /** An input's value as it stands on screen: what was typed, else what the server has. */
  value(name: string): unknown {
    const edit = entry(this.#edits, name).value;
    return edit === undefined ? this.element(name)?.value : edit.value;
  }

  isInput(name: string): boolean {
    const state = this.element(name);
    return state !== undefined && "value" in state;
  }

  edit(name: string, value: unknown): void {
    entry(this.#edits, name).value = { value, wasSent: false };
  }

  /** Every input's value on screen; a click carries them all, so that a lost session can be made again from them. */
  values(): Readonly<Record<string, unknown>> {
    const inputs = [...this.#elements.keys()].filter((name) => this.isInput(name));
    return Object.fromEntries(inputs.map((name) => [name, this.value(name)]));
  }

  /** What was typed and not sent yet, by input. */
  unsent(): Readonly<Record<string, unknown>> {
    const edits = [...this.#edits].flatMap(([name, { value: edit }]) => edit === undefined ? [] : [[name, edit.value]]);
    return Object.fromEntries(edits);
  }

  /** From now on the server's value of these inputs counts, unless they are edited again. */
  markSent(): void {
    for (const edit of this.#edits.values()) {
      if (edit.value !== undefined) edit.value = { ...edit.value, wasSent: true };
    }
  }

  apply(patches: readonly Patch[]): void {
    for (const { element, set = {}, append = {} } of patches) {
      const state = entry(this.#elements, element);
      const before = state.value ?? { kind: "", hidden: false };
      const longer = Object.entries(append).map(([key, items]) => [key, [...listOf(before[key]), ...items]]);
      state.value = { ...before, ...set, ...Object.fromEntries(longer) };
      if ("value" in set) this.#settle(element);
    }
  }

  act(element: string, action: ActionState): void {
    this.#actions.value = { ...this.#actions.value, [element]: { ...action, receivedMs: performance.now() } };
  }

  replace({ elements, actions }: SessionState): void {
    for (const [name, state] of this.#elements) if (elements[name] === undefined) state.value = undefined;
    this.apply(Object.entries(elements).map(([element, set]) => ({ element, set })));
    const receivedMs = performance.now();
    this.#actions.value = Object.fromEntries(
      Object.entries(actions).map(([element, action]) => [element, { ...action, receivedMs }]),
    );
  }

  /** Subtle: what was typed while an action ran stays, though the server tells of the value that it was sent. */
  #settle(name: string): void {
    const edit = entry(this.#edits, name);
    if (edit.value?.wasSent === true) edit.value = undefined;
  }
}

interface Edit {
  readonly value: unknown;
  readonly wasSent: boolean;
}

function entry<Value>(map: Map<string, Signal<Value | undefined>>, name: string): Signal<Value | undefined> {
  const known = map.get(name);
  if (known !== undefined) return known;
  const created = signal<Value | undefined>(undefined);
  map.set(name, created);
  return created;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
