/** The elements of one session's page: their names, their states, and what changed since it was last asked. */
import { type Change, Element, type ElementHost, type ElementRef, type ElementState, mergeChanges } from "./element.ts";
import { Input } from "./input.ts";
import { PageSize } from "./page_size.ts";

/** One change of one element, as the wire carries it. An element that the page does not know yet comes whole. */
export interface Patch {
  readonly element: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly append?: Readonly<Record<string, readonly unknown[]>>;
}

/** Name of the element that holds all others. */
export const ROOT = "page";

/** Where a new element goes; default: below all that are there. */
export type Position = { readonly before: Element<object> } | { readonly after: Element<object> };

interface RootState {
  readonly children: readonly Element<object>[];
}

class Root extends Element<RootState> {
  constructor(children: readonly Element<object>[]) {
    super(ROOT, { children });
  }

  put(children: readonly Element<object>[]): void {
    this.change({ children });
  }
}

export class Page implements ElementHost {
  readonly #byName = new Map<string, Element<object>>();
  readonly #names = new Map<Element<object>, string>();
  readonly #root: Root;
  #changes = new Map<string, Change>();
  /** What the states hold. */
  readonly size: PageSize;

  /** Without elements at first: a component's function may add to the page before it returns the rest. */
  constructor(maxBytes = Infinity) {
    this.size = new PageSize(maxBytes);
    this.#root = new Root([]);
    this.#nameOf(this.#root);
  }

  /** @throws {TypeError} when it is no element, or stands on another page; {PageFullError} */
  add(element: Element<object>, position?: Position): void {
    // Subtle: a module may be plain JavaScript, where no type says what stands in a list.
    if (!(element instanceof Element)) throw new TypeError(`expected an element, got ${got(element)}`);
    const children = [...this.#root.state.children];
    children.splice(placeOf(children, position), 0, element);
    this.#root.put(children);
  }

  /** An element by its name; undefined when none is called so. */
  find(name: string): Element<object> | undefined {
    return this.#byName.get(name);
  }

  /** All inputs by name. */
  inputs(): ReadonlyMap<string, Input<unknown>> {
    return new Map([...this.#byName].flatMap(([name, element]) => element instanceof Input ? [[name, element]] : []));
  }

  nameOf(element: Element<object>): string | undefined {
    return this.#names.get(element);
  }

  /** Every element's whole state; what `take()` would give is part of it. */
  snapshot(): Readonly<Record<string, ElementState>> {
    this.#changes.clear();
    const states: [string, ElementState][] = [];
    // Subtle: the map grows while it is read, as the elements inside others are met.
    for (const [name, element] of this.#byName) states.push([name, this.#stateOf(element)]);
    this.#changes.clear();
    return Object.fromEntries(states);
  }

  /** What changed since the last call. */
  take(): readonly Patch[] {
    const patches: Patch[] = [];
    for (const [element, { set, append }] of this.#changes) {
      patches.push({
        element,
        ...(Object.keys(set).length > 0 && { set: this.#encodeRecord(set) }),
        ...(Object.keys(append).length > 0 && { append: this.#encodeLists(append) }),
      });
    }
    this.#changes = new Map();
    return patches;
  }

  /**
   * Makes room for a change, and takes in the elements that come with it.
   * @throws {PageFullError}, or a TypeError when one of them stands on another page
   */
  admit(element: Element<object>, change: Change): void {
    if (!this.size.counts(element)) return; // It was refused with others, and is counted once it is placed.
    const sizes = this.size.measure(element, change, this.#names.get(element) ?? element.wantedName);
    for (const each of sizes.keys()) each.attach(this);
    this.size.take(sizes);
  }

  changed(element: Element<object>, change: Change): void {
    const name = this.#names.get(element);
    if (name === undefined) return; // It comes whole.
    const before = this.#changes.get(name);
    this.#changes.set(name, before === undefined ? change : mergeChanges(before, change));
  }

  #stateOf(element: Element<object>): ElementState {
    return { ...this.#encodeRecord(element.state), kind: element.kind, hidden: element.hidden };
  }

  #encodeRecord(record: object): Record<string, unknown> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, this.#encode(value)]));
  }

  #encodeLists(lists: Change["append"]): Record<string, readonly unknown[]> {
    return Object.fromEntries(
      Object.entries(lists).map(([key, items]) => [key, items.map((item) => this.#encode(item))]),
    );
  }

  /** Elements become references; absent becomes null, which JSON can carry. */
  #encode(value: unknown): unknown {
    if (value instanceof Element) return { element: this.#nameOf(value) } satisfies ElementRef;
    if (Array.isArray(value)) return value.map((item) => this.#encode(item));
    if (typeof value === "object" && value !== null) return this.#encodeRecord(value);
    return value ?? null;
  }

  /** The element's name; an element met for the first time gets one, and its whole state counts as changed. */
  #nameOf(element: Element<object>): string {
    const known = this.#names.get(element);
    if (known !== undefined) return known;
    element.attach(this);
    if (!this.size.counts(element)) this.size.add(element);
    let name = element.wantedName;
    for (let number = 1; this.#byName.has(name); number++) name = `${element.wantedName}_${number}`;
    this.#names.set(element, name);
    this.#byName.set(name, element);
    const { kind, hidden, state } = element;
    this.#changes.set(name, { set: { ...state, kind, hidden }, append: {} });
    return name;
  }
}

function got(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value.slice(0, 40))
    : value === null
    ? "null"
    : typeof value === "object"
    ? "an object"
    : `a ${typeof value}`;
}

function placeOf(children: readonly Element<object>[], position: Position | undefined): number {
  if (position === undefined) return children.length;
  const isBefore = "before" in position;
  const neighbour = isBefore ? position.before : position.after;
  const index = children.indexOf(neighbour);
  if (index < 0) {
    throw new RangeError(
      `Cannot add an element: its neighbour "${neighbour.wantedName}" is not at the top of the page`,
    );
  }
  return isBefore ? index : index + 1;
}
