/** One run of an element's action, from the click to its end. */
import type { ActionResult, ActionSteps, ElementAction, Progress } from "../elements/element.ts";
import type { Problem } from "../lm/event.ts";
import type { ActionState } from "./session_event.ts";

/** An action that yields without waiting must still let the server breathe this often. */
const TURN_MS = 8;

export interface ActionRunOptions {
  /** What to show of an error that the action threw. */
  readonly report: (error: unknown) => Problem;
  /** Called at each `yield`: elements may have changed. */
  readonly onYield: () => void;
  readonly onProgress: () => void;
}

export class ActionRun {
  readonly #controller = new AbortController();
  readonly #startedMs = performance.now();
  readonly #options: ActionRunOptions;
  #progress: Progress | undefined;

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
      else await unlessAborted(Promise.resolve(result), signal);
    } catch (error) {
      failure = { error };
    }
    const elapsedMs = this.#elapsedMs;
    if (signal.aborted) return { status: "cancelled", elapsedMs };
    if (failure === undefined) return { status: "done", elapsedMs };
    return { status: "failed", elapsedMs, problem: this.#options.report(failure.error) };
  }

  /** A cancelled generator is told to return, and not waited for. */
  async #follow(steps: ActionSteps): Promise<void> {
    const { signal } = this.#controller;
    let turnMs = performance.now();
    while (true) {
      const next = await unlessAborted(steps.next(), signal);
      if (next === undefined) return void steps.return().catch(() => {}); // What a cancelled action throws is nobody's.
      if (next.done === true) return;
      this.#options.onYield();
      if (typeof next.value === "object") {
        this.#progress = { done: next.value.done, of: next.value.of };
        this.#options.onProgress();
      }
      if (performance.now() - turnMs < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      turnMs = performance.now();
    }
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

/** Undefined once the signal aborts, whatever the promise does. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  promise.catch(() => {}); // What it throws once nobody waits is nobody's.
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
  }
}
