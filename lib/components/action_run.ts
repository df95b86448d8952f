/** One run of an element's action, from the click to its end. */
import type { ActionResult, ActionSteps, ElementAction, Progress } from "../elements/element.ts";
import { type Clock, MONOTONIC } from "../generators/clock.ts";
import type { Problem } from "../lm/event.ts";
import type { ActionState } from "./session_event.ts";

/** An action that yields without waiting must still let the server breathe this often. */
const TURN_MS = 8;
/** How long the code of a cancelled action is waited for, so that the page has what it still changes. */
const CLEAR_UP_MS = 1_000;

export interface ActionRunOptions {
  /** What to show of an error that the action threw. */
  readonly report: (error: unknown) => Problem;
  /** Called at each `yield`: elements may have changed. */
  readonly onYield: () => void;
  readonly onProgress: () => void;
  readonly clock?: Clock;
}

export class ActionRun {
  readonly #controller = new AbortController();
  readonly #startedMs = performance.now();
  readonly #options: ActionRunOptions;
  #progress: Progress | undefined;
  /** What goes on of the developer's code after it was cancelled. */
  #left: Promise<unknown> = Promise.resolve();

  constructor(options: ActionRunOptions) {
    this.#options = options;
  }

  get state(): ActionState {
    const progress = this.#progress;
    return { status: "running", elapsedMs: this.#elapsedMs, ...(progress === undefined ? {} : { progress }) };
  }

  get #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  cancel(): void {
    this.#controller.abort();
  }

  /** Runs the action with the values that its inputs hold now. @returns how it ended; it never throws */
  async perform(action: ElementAction): Promise<ActionState> {
    const { signal } = this.#controller;
    let failure: { readonly error: unknown } | undefined;
    try {
      const start = action.prepare();
      for (const input of action.inputs) input.sent();
      const result = start(signal);
      const steps = stepsOf(result);
      if (steps !== undefined) await this.#follow(steps);
      else await this.#unlessCancelled(Promise.resolve(result));
    } catch (error) {
      failure = { error };
    }
    const elapsedMs = this.#elapsedMs;
    if (signal.aborted) return { status: "cancelled", elapsedMs };
    if (failure === undefined) return { status: "done", elapsedMs };
    return { status: "failed", elapsedMs, problem: this.#options.report(failure.error) };
  }

  /** Resolves as the code of a cancelled action has ended, or goes on for so long that nobody waits. It never throws. */
  async clearedUp(): Promise<void> {
    const { promise: tooLong, resolve } = Promise.withResolvers<void>();
    const stop = (this.#options.clock ?? MONOTONIC).after(CLEAR_UP_MS, resolve);
    await Promise.race([this.#left, tooLong]);
    stop();
  }

  /** A cancelled generator is told to return. */
  async #follow(steps: ActionSteps): Promise<void> {
    let turnMs = performance.now();
    while (true) {
      const next = await this.#unlessCancelled(steps.next());
      if (next === undefined) return this.#leave(steps.return());
      if (next.done === true) return;
      this.#options.onYield();
      // Subtle: a module may be plain JavaScript, where null is yielded too.
      if (typeof next.value === "object" && next.value !== null) {
        this.#progress = { done: next.value.done, of: next.value.of };
        this.#options.onProgress();
      }
      if (performance.now() - turnMs < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      turnMs = performance.now();
    }
  }

  /** Undefined once it is cancelled, whatever the promise does. */
  async #unlessCancelled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    const { signal } = this.#controller;
    const { promise: cancelled, resolve } = Promise.withResolvers<undefined>();
    const leave = () => {
      this.#leave(promise);
      resolve(undefined);
    };
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave);
    try {
      return await Promise.race([promise, cancelled]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** What a cancelled action throws is nobody's. */
  #leave(promise: Promise<unknown>): void {
    this.#left = promise.catch(() => {});
  }
}

/** Undefined for an action that is no generator. Subtle: a list can be iterated too, and is none. */
function stepsOf(result: ActionResult): ActionSteps | undefined {
  if (typeof result !== "object" || result === null) return undefined;
  if (Symbol.asyncIterator in result) return result;
  return Symbol.iterator in result && "next" in result ? awaited(result) : undefined;
}

async function* awaited(steps: Iterable<Progress | void>): ActionSteps {
  yield* steps;
}
