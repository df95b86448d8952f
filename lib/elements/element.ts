/** What every element of a developer's page has: a name, a state that the page shows, and whether it is shown. */

/** Where an element stands inside another one's state, on the wire. */
export interface ElementRef {
  readonly element: string;
}

/** A state as the wire carries it: every element in it is a reference. */
export type Wire<State> = State extends Element<object> ? ElementRef
  : State extends readonly (infer Item)[] ? readonly Wire<Item>[]
  : State extends object ? { readonly [Key in keyof State]: Wire<State[Key]> }
  : State;

/** What the page knows of one element: its kind, whether it is hidden, and its state. */
export interface ElementState {
  readonly kind: string;
  readonly hidden: boolean;
  readonly [key: string]: unknown;
}

/** What changed in an element's state: keys with new values, and keys whose list got longer. */
export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly append: Readonly<Record<string, readonly unknown[]>>;
}

/** Who is told of an element's changes, once it stands on a page. */
export interface ElementHost {
  /** Called before a change. @throws when there is no room for it, or an element in it stands on another page */
  admit(element: Element<object>, change: Change): void;
  changed(element: Element<object>, change: Change): void;
}

/** A value that an element shows as it is. */
export type Scalar = string | number | bigint | boolean | null | undefined;

export interface ElementOptions {
  /** Part of its address; default: its kind, with a number when the page has several. */
  readonly name?: string;
  /** Starts hidden; see `show()`. */
  readonly hidden?: boolean;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The base of every element: a typed handle that the developer's code holds. */
export abstract class Element<State extends object> {
  readonly kind: string;
  /** The name that the developer gave; the page makes it unique. */
  readonly wantedName: string;
  #state: State;
  #hidden: boolean;
  #host: ElementHost | undefined;

  /** @throws {TypeError} when `options.name` is malformed */
  constructor(kind: string, state: State, { name = kind, hidden = false }: ElementOptions = {}) {
    if (!NAME.test(name)) {
      throw new TypeError(
        `Cannot name a ${kind} "${name}": expected letters, digits, "-" and "_", a letter first, at most 64`,
      );
    }
    this.kind = kind;
    this.wantedName = name;
    this.#state = state;
    this.#hidden = hidden;
  }

  /** The state as the developer's code sees it. */
  get state(): Readonly<State> {
    return this.#state;
  }

  get hidden(): boolean {
    return this.#hidden;
  }

  show(): void {
    this.#setHidden(false);
  }

  /** Takes it off the page; its state is kept. */
  hide(): void {
    this.#setHidden(true);
  }

  /** Code that a click runs; undefined for an element that only shows. */
  get action(): ElementAction | undefined {
    return undefined;
  }

  /** @throws {TypeError} when it stands on another page already */
  attach(host: ElementHost): void {
    if (this.#host !== undefined && this.#host !== host) {
      throw new TypeError(
        `Cannot place ${this.kind} "${this.wantedName}" on two pages: create it inside the component's function`,
      );
    }
    this.#host = host;
  }

  /** Gives keys of the state new values. */
  protected change(part: Partial<State>): void {
    const change = { set: { ...part }, append: {} };
    this.#host?.admit(this, change);
    this.#state = { ...this.#state, ...part };
    this.#host?.changed(this, change);
  }

  /** Lengthens a list of the state; the page is sent the new items alone. */
  protected lengthen<Key extends keyof State & string>(key: Key, items: State[Key] & readonly unknown[]): void {
    const before = this.#state[key];
    if (!Array.isArray(before)) throw new TypeError(`Cannot append to "${key}" of a ${this.kind}: it is no list`);
    const change = { set: {}, append: { [key]: items } };
    this.#host?.admit(this, change);
    this.#state = { ...this.#state, [key]: [...before, ...items] };
    this.#host?.changed(this, change);
  }

  #setHidden(hidden: boolean): void {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    this.#host?.changed(this, { set: { hidden }, append: {} });
  }
}

/** How far an action is, shown on its button: `yield { done: 3, of: 10 }`. */
export interface Progress {
  readonly done: number;
  readonly of: number;
}

/** The steps of an action: each `yield` sends what changed. */
export type ActionSteps = AsyncGenerator<Progress | void, void, void>;

/** What an action may be: a function or a generator, async or not. */
export type ActionResult = void | Promise<void> | ActionSteps | Generator<Progress | void, void, void>;

/** An input as an action sees it. */
export interface ActionInput {
  readonly value: unknown;
  /** What is wrong with a value that a client sent; undefined when it is one of the input's. */
  check(value: unknown): string | undefined;
  /** @throws {InputError} when `check` finds something */
  accept(value: unknown): void;
  /** After the values were handed to the action. */
  sent(): void;
}

/** The code behind a click and the inputs whose values it gets. */
export interface ElementAction {
  /** Elements whose values go with the click. */
  readonly inputs: readonly (Element<object> & ActionInput)[];
  /** Why it cannot run now; undefined when it can. */
  readonly refusal: string | undefined;
  /** Takes the values that the inputs hold now; what it returns runs the developer's code with them. */
  prepare(): (signal: AbortSignal) => ActionResult;
}

/** Joins two changes of one element, the later one second. */
export function mergeChanges(first: Change, second: Change): Change {
  const set: Record<string, unknown> = { ...first.set, ...second.set };
  const append: Record<string, readonly unknown[]> = { ...first.append };
  for (const key of Object.keys(second.set)) delete append[key];
  for (const [key, items] of Object.entries(second.append)) {
    const whole = set[key];
    if (Array.isArray(whole)) set[key] = [...whole, ...items];
    else append[key] = [...(append[key] ?? []), ...items];
  }
  return { set, append };
}
