/** One tab's instance of a developer's component: its page, and the actions that run on it. */
import type { ElementAction, ElementState, Progress } from "../elements/element.ts";
import { mergeChanges } from "../elements/element.ts";
import { InputError, quote } from "../elements/input.ts";
import type { Page, Patch } from "../elements/page.ts";
import type { Problem } from "../lm/event.ts";

/** What an action does, or how its last run ended. */
export type ActionState =
  | { readonly status: "running"; readonly elapsedMs: number; readonly progress?: Progress }
  | { readonly status: "done" | "cancelled"; readonly elapsedMs: number }
  | { readonly status: "failed"; readonly elapsedMs: number; readonly problem: Problem };

/** What a page is sent; a stream ends with exactly one `done` or `error`. */
export type SessionEvent =
  | { readonly type: "state"; readonly state: SessionState }
  | { readonly type: "patch"; readonly patches: readonly Patch[] }
  | { readonly type: "action"; readonly element: string; readonly action: ActionState }
  | { readonly type: "done" }
  | { readonly type: "error"; readonly problem: Problem };

/** All that a page needs to be drawn. */
export interface SessionState {
  readonly session: string;
  /** True when the server had lost the session and made it again from the inputs. */
  readonly restored: boolean;
  readonly elements: Readonly<Record<string, ElementState>>;
  /** Of the elements that were clicked. */
  readonly actions: Readonly<Record<string, ActionState>>;
}

/** A click that cannot be: on what is not there, cannot be clicked, or runs already. */
export class ActionRefusedError extends Error {
  override readonly name = "ActionRefusedError";
  constructor(readonly reason: "unknown" | "busy" | "disabled", message: string) {
    super(message);
  }
}

/** An input of a click that is wrong; the message says what was expected. */
export class ActionInputError extends Error {
  override readonly name = "ActionInputError";
  constructor(readonly element: string, message: string) {
    super(message);
  }
}

/** An action that yields without waiting must still let the server breathe this often. */
const TURN_MS = 8;

interface Running {
  readonly controller: AbortController;
  readonly startedMs: number;
  progress?: Progress;
}

interface Listener {
  readonly patches: Map<string, Patch>;
  readonly actions: Map<string, ActionState>;
  wake: () => void;
}

export class Session {
  restored = false;
  readonly #running = new Map<string, Running>();
  readonly #ended = new Map<string, ActionState>();
  readonly #listeners = new Set<Listener>();
  #idle: (() => void)[] = [];

  /** @param report what to show of an error that an action threw; it is also where the error is logged */
  constructor(readonly id: string, readonly page: Page, readonly report: (error: unknown) => Problem) {}

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  state(): SessionState {
    // Those who listen already are sent what the snapshot would otherwise keep from them.
    this.#publish();
    const running = [...this.#running].map(([name, run]): [string, ActionState] => [name, runningState(run)]);
    const actions = Object.fromEntries([...this.#ended, ...running]);
    return { session: this.id, restored: this.restored, elements: this.page.snapshot(), actions };
  }

  /** Sets inputs to what a page still holds; what no longer fits is left as it is. */
  refill(values: Readonly<Record<string, unknown>>): void {
    const inputs = this.page.inputs();
    for (const [name, value] of Object.entries(values)) {
      try {
        inputs.get(name)?.accept(value);
      } catch (error) {
        // The module may have changed since; its own value then stands.
        if (!(error instanceof InputError)) throw error;
      }
    }
    this.restored = true;
  }

  /**
   * Runs an element's action with the values of its inputs, and tells what happens until it ends.
   * Those who stop reading do not stop the action; see `cancel()`.
   * @throws {ActionRefusedError} and {ActionInputError} before anything has changed
   */
  act(name: string, values: Readonly<Record<string, unknown>>, signal: AbortSignal): AsyncGenerator<SessionEvent> {
    const action = this.#actionOf(name);
    this.#accept(action, values);
    // Subtle: this client listens before the action starts, so that it misses nothing.
    const listener = this.#listen();
    const isRestored = this.restored;
    const ended = this.#run(name, action);
    return this.#events(listener, ended, signal, isRestored);
  }

  /** The whole state, then what happens until no action runs. */
  watch(signal: AbortSignal): AsyncGenerator<SessionEvent> {
    const listener = this.#listen();
    const idle = new Promise<void>((resolve) => this.#whenIdle(resolve));
    return this.#events(listener, idle, signal, true);
  }

  /** Stops an action; false when it does not run. */
  cancel(name: string): boolean {
    const running = this.#running.get(name);
    running?.controller.abort();
    return running !== undefined;
  }

  close(): void {
    for (const { controller } of this.#running.values()) controller.abort();
  }

  #actionOf(name: string): ElementAction {
    const action = this.page.find(name)?.action;
    if (action === undefined) {
      throw new ActionRefusedError("unknown", `Cannot click ${quote(name)}: this page has no such button`);
    }
    if (this.#running.has(name)) {
      throw new ActionRefusedError("busy", `Cannot click "${name}": its action runs already`);
    }
    if (action.refusal !== undefined) {
      throw new ActionRefusedError("disabled", `Cannot click "${name}": ${action.refusal}`);
    }
    return action;
  }

  /** All values are looked at before the first is taken, so that a wrong one changes nothing. */
  #accept({ inputs }: ElementAction, values: Readonly<Record<string, unknown>>): void {
    const known = this.page.inputs();
    for (const name of Object.keys(values)) {
      if (!known.has(name)) throw new ActionInputError(name, "there is no such input on this page");
    }
    const sent = inputs.map((input) => {
      const name = this.page.nameOf(input) ?? input.wantedName;
      return { input, name, value: Object.hasOwn(values, name) ? values[name] : input.value };
    });
    for (const { input, name, value } of sent) {
      const fault = input.check(value);
      if (fault !== undefined) throw new ActionInputError(name, fault);
    }
    for (const { input, value } of sent) input.accept(value);
  }

  async #run(name: string, action: ElementAction): Promise<void> {
    const running: Running = { controller: new AbortController(), startedMs: performance.now() };
    this.#running.set(name, running);
    this.#ended.delete(name);
    this.#tell(name, runningState(running));
    const { signal } = running.controller;
    let failure: { readonly error: unknown } | undefined;
    try {
      const start = action.prepare();
      for (const input of action.inputs) input.sent();
      const result = start(signal);
      if (isGenerator(result)) await this.#follow(name, running, result);
      else await unlessAborted(Promise.resolve(result), signal);
    } catch (error) {
      failure = { error };
    }
    this.#running.delete(name);
    const elapsedMs = performance.now() - running.startedMs;
    const ended: ActionState = signal.aborted
      ? { status: "cancelled", elapsedMs }
      : failure === undefined
      ? { status: "done", elapsedMs }
      : { status: "failed", elapsedMs, problem: this.report(failure.error) };
    this.#ended.set(name, ended);
    this.#publish();
    this.#tell(name, ended);
    this.#settleIdle();
  }

  /** Sends what changed at each `yield`. A cancelled generator is told to return, and not waited for. */
  async #follow(name: string, running: Running, steps: AsyncGenerator<Progress | void, void, void>): Promise<void> {
    const { signal } = running.controller;
    let turnMs = performance.now();
    while (true) {
      const next = await unlessAborted(steps.next(), signal);
      if (next === undefined) return void steps.return().catch(() => {}); // What a cancelled action throws is nobody's.
      if (next.done === true) return;
      this.#publish();
      if (typeof next.value === "object") {
        running.progress = { done: next.value.done, of: next.value.of };
        this.#tell(name, runningState(running));
      }
      if (performance.now() - turnMs < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      turnMs = performance.now();
    }
  }

  #listen(): Listener {
    const listener: Listener = { patches: new Map(), actions: new Map(), wake: () => {} };
    this.#listeners.add(listener);
    return listener;
  }

  /** Subtle: what a slow reader has not read is merged, so that it holds no more than the page itself. */
  #publish(): void {
    const patches = this.page.take();
    if (patches.length === 0) return;
    for (const listener of this.#listeners) {
      for (const patch of patches) {
        const before = listener.patches.get(patch.element);
        listener.patches.set(patch.element, before === undefined ? patch : mergePatches(before, patch));
      }
      listener.wake();
    }
  }

  #tell(element: string, action: ActionState): void {
    for (const listener of this.#listeners) {
      listener.actions.set(element, action);
      listener.wake();
    }
  }

  async *#events(
    listener: Listener,
    until: Promise<void>,
    signal: AbortSignal,
    startsWithState: boolean,
  ): AsyncGenerator<SessionEvent> {
    let isOver = false;
    const wakeUp = () => listener.wake();
    void until.then(() => {
      isOver = true;
      wakeUp();
    });
    signal.addEventListener("abort", wakeUp);
    try {
      if (startsWithState) {
        const state = this.state();
        listener.patches.clear();
        yield { type: "state", state };
      }
      while (!signal.aborted) {
        const woken = new Promise<void>((resolve) => listener.wake = resolve);
        yield* drain(listener);
        if (isOver && listener.patches.size === 0 && listener.actions.size === 0) return yield { type: "done" };
        await woken;
      }
      // Aborted: the server stops, or nobody reads. Without a `done`, who still reads knows that it was cut off.
    } finally {
      signal.removeEventListener("abort", wakeUp);
      this.#listeners.delete(listener);
    }
  }

  #whenIdle(tell: () => void): void {
    if (this.isRunning) this.#idle.push(tell);
    else tell();
  }

  #settleIdle(): void {
    if (this.isRunning) return;
    for (const tell of this.#idle) tell();
    this.#idle = [];
  }
}

function* drain(listener: Listener): Generator<SessionEvent> {
  if (listener.patches.size > 0) {
    const patches = [...listener.patches.values()];
    listener.patches.clear();
    yield { type: "patch", patches };
  }
  const actions = [...listener.actions];
  listener.actions.clear();
  for (const [element, action] of actions) yield { type: "action", element, action };
}

function mergePatches(first: Patch, second: Patch): Patch {
  const { set: set1 = {}, append: append1 = {} } = first;
  const { set: set2 = {}, append: append2 = {} } = second;
  return { element: first.element, ...mergeChanges({ set: set1, append: append1 }, { set: set2, append: append2 }) };
}

function runningState({ startedMs, progress }: Running): ActionState {
  const elapsedMs = performance.now() - startedMs;
  return { status: "running", elapsedMs, ...(progress === undefined ? {} : { progress }) };
}

function isGenerator(result: unknown): result is AsyncGenerator<Progress | void, void, void> {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}

/** Undefined once the signal aborts, whatever the promise does. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) return undefined;
  let leave = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    leave = () => resolve(undefined);
    signal.addEventListener("abort", leave);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", leave);
    promise.catch(() => {});
  }
}
