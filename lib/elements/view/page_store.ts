/** A developer's page in the browser: the elements' states, what the person has typed but not sent, and the actions. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ActionState, SessionState } from "../../components/session_event.ts";
import type { ElementRef, ElementState } from "../element.ts";
import type { Patch } from "../page.ts";

/** An action as the page knows it, with the moment at which its `elapsedMs` was true. */
export type ShownAction = ActionState & { readonly receivedMs: number };

export class PageStore {
  readonly #elements = new Map<string, Signal<ElementState | undefined>>();
  readonly #edits = new Map<string, Signal<Edit | undefined>>();
  readonly #actions = signal<Readonly<Record<string, ShownAction | undefined>>>({});

  constructor(state: SessionState) {
    this.replace(state);
  }

  get actions(): ReadonlySignal<Readonly<Record<string, ShownAction | undefined>>> {
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

  /** Whether an input of the page can hold the value, as far as the page can tell. An emptied number is null. */
  fits(name: string, value: unknown): boolean {
    const state = this.element(name);
    const own = state?.value, choices = state?.choices;
    if (Array.isArray(choices)) return choices.includes(value);
    return own !== undefined && typeof (value ?? own) === typeof own;
  }

  edit(name: string, value: unknown): void {
    entry(this.#edits, name).value = { value };
  }

  /** Every input's value on screen; a click carries them all, so that a lost session can be made again from them. */
  values(): Readonly<Record<string, unknown>> {
    const inputs = [...this.#elements.keys()].filter((name) => this.element(name)?.value !== undefined);
    return Object.fromEntries(inputs.map((name) => [name, this.value(name)]));
  }

  /** What was typed and not sent yet, by input. */
  unsent(): Readonly<Record<string, unknown>> {
    const edits = [...this.#edits].flatMap(([name, { value: edit }]) =>
      edit && !edit.wasSent ? [[name, edit.value]] : []
    );
    return Object.fromEntries(edits);
  }

  /**
   * Remembers what a click of an element sends. @returns what to call once the server has taken it: from then on its
   * own value of the element's inputs counts, unless they were edited again; and of others too, once it sets them
   */
  sending(element: string): () => void {
    const inputs = listOf<ElementRef>(this.element(element)?.inputs).map((input) => input.element);
    const sent = [...this.#edits].map(([name, edit]) => {
      const wasSent = name === element || inputs.includes(name);
      const told = () => wasSent ? this.element(name) : this.element(name)?.value;
      return { edit, typed: edit.value, wasSent, told, before: told() };
    });
    return () => {
      for (const { edit, typed, wasSent, told, before } of sent) {
        if (typed === undefined || edit.value !== typed) continue;
        // Subtle: another stream may have told already what became of the value.
        edit.value = told() === before ? { ...typed, wasSent, wasSeen: true } : undefined;
      }
    };
  }

  apply(patches: readonly Patch[]): void {
    for (const { element, set = {}, append = {} } of patches) {
      const state = entry(this.#elements, element);
      const before: ElementState = state.value ?? { kind: "", hidden: false };
      const longer = Object.entries(append).map(([key, items]) => [key, [...listOf(before[key]), ...items]]);
      const after: ElementState = { ...before, ...set, ...Object.fromEntries(longer) };
      state.value = after;
      if ("value" in set) this.#settle(element, after.version !== before.version, after.value !== before.value);
    }
  }

  /** @param action absent where a click was refused before it began */
  act(element: string, action?: ActionState): void {
    const shown = action && { ...action, receivedMs: performance.now() };
    this.#actions.value = { ...this.#actions.value, [element]: shown };
  }

  replace({ elements, actions }: SessionState): void {
    for (const [name, state] of this.#elements) if (elements[name] === undefined) state.value = undefined;
    this.apply(Object.entries(elements).map(([element, set]) => ({ element, set })));
    const receivedMs = performance.now();
    this.#actions.value = Object.fromEntries(
      Object.entries(actions).map(([element, action]) => [element, { ...action, receivedMs }]),
    );
  }

  /**
   * Subtle: what was typed while an action ran stays, though the server tells of the value that it was sent; what was
   * chosen does not where it is gone.
   */
  #settle(name: string, isOther: boolean, isSet: boolean): void {
    const edit = entry(this.#edits, name), typed = edit.value;
    if (typed && (isOther || typed.wasSent || isSet && typed.wasSeen || !this.fits(name, typed.value))) {
      edit.value = undefined;
    }
  }
}

interface Edit {
  readonly value: unknown;
  /** Whether the server has taken it as an input of what was clicked. */
  readonly wasSent?: boolean;
  /** Whether it stood there at a click that the server has taken. */
  readonly wasSeen?: boolean;
}

function entry<Value>(map: Map<string, Signal<Value | undefined>>, name: string): Signal<Value | undefined> {
  const known = map.get(name);
  if (known !== undefined) return known;
  const created = signal<Value | undefined>(undefined);
  map.set(name, created);
  return created;
}

function listOf<Item = unknown>(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : [];
}
