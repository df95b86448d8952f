/** One tab's instance of a developer's component: its page, and the actions that run on it. */
import type { ElementAction } from "../elements/element.ts";
import { InputError } from "../elements/input.ts";
import type { Page } from "../elements/page.ts";
import type { Clock } from "../generators/clock.ts";
import type { Problem } from "../lm/event.ts";
import { quote } from "../lm/quote.ts";
import { ActionRun } from "./action_run.ts";
import { Listener } from "./listener.ts";
import type { ActionState, SessionEvent, SessionState } from "./session_event.ts";

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

export interface SessionOptions {
  /** What to show of an error that an action threw; it is also where the error is logged. */
  readonly report: (error: unknown) => Problem;
  /** Called as the last action that ran has ended. */
  readonly onIdle: () => void;
  readonly clock?: Clock;
}

export interface ActOptions {
  readonly signal: AbortSignal;
  /**
   * The client reads another stream of this session, which then tells of this action too. Where no stream does (any
   * more), this one begins with the whole state.
   */
  readonly isHeard?: boolean | undefined;
  /** Called as the action starts; what it returns is called as it ends. */
  readonly onStart?: () => () => void;
}

export class Session {
  /** Made again in place of one that was lost, and nobody was told so yet. */
  #isNewlyRestored = false;
  readonly #running = new Map<string, ActionRun>();
  readonly #ended = new Map<string, ActionState>();
  /** Cancelled ones whose code still changes the page. */
  readonly #clearingUp = new Set<ActionRun>();
  readonly #listeners = new Set<Listener>();

  constructor(readonly id: string, readonly page: Page, readonly options: SessionOptions) {}

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /** The whole page; the first one after a loss tells of it. */
  state(): SessionState {
    // Those who listen already are sent what the snapshot would otherwise keep from them.
    this.#publish();
    const running = [...this.#running].map(([name, run]): [string, ActionState] => [name, run.state]);
    const actions = Object.fromEntries([...this.#ended, ...running]);
    const restored = this.#isNewlyRestored;
    this.#isNewlyRestored = false;
    return { session: this.id, restored, elements: this.page.snapshot(), actions };
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
    this.#isNewlyRestored = true;
  }

  /**
   * Runs an element's action with the values of its inputs, and tells what happens until no action runs.
   * Those who stop reading do not stop the action; see `cancel()`.
   * @throws {ActionRefusedError} and {ActionInputError} before anything has changed
   */
  act(name: string, values: Readonly<Record<string, unknown>>, options: ActOptions): AsyncGenerator<SessionEvent> {
    const { signal, isHeard = false, onStart } = options;
    const action = this.#actionOf(name);
    this.#accept(action, values);
    const startsWithState = this.#isNewlyRestored || isHeard && this.#listeners.size === 0;
    // Subtle: what two streams tell twice would be applied twice, so that a client is told by one alone.
    const listener = isHeard && !startsWithState ? undefined : this.#listen(); // Before it starts, to miss nothing.
    void this.#run(name, action, onStart?.());
    return listener === undefined ? doneAtOnce() : this.#events(listener, signal, startsWithState);
  }

  /** The whole state, then what happens until no action runs. */
  watch(signal: AbortSignal): AsyncGenerator<SessionEvent> {
    return this.#events(this.#listen(), signal, true);
  }

  /** Stops an action; false when it does not run. */
  cancel(name: string): boolean {
    const run = this.#running.get(name);
    run?.cancel();
    return run !== undefined;
  }

  close(): void {
    for (const run of this.#running.values()) run.cancel();
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

  async #run(name: string, action: ElementAction, onEnd = () => {}): Promise<void> {
    const run = new ActionRun({
      report: this.options.report,
      onYield: () => this.#publish(),
      onProgress: () => this.#tell(name, run.state),
      ...(this.options.clock === undefined ? {} : { clock: this.options.clock }),
    });
    this.#running.set(name, run);
    this.#ended.delete(name);
    this.#tell(name, run.state);
    const ended = this.#publishLast(await run.perform(action));
    this.#running.delete(name);
    this.#ended.set(name, ended);
    if (ended.status === "cancelled") this.#clearingUp.add(run);
    this.#tell(name, ended);
    onEnd();
    if (!this.isRunning) this.options.onIdle();
    if (ended.status === "cancelled") await this.#clearUp(name, run);
  }

  /** Subtle: it is cancelled at once, and told so, but what its code then changes (`finally`) belongs to the page too. */
  async #clearUp(name: string, run: ActionRun): Promise<void> {
    await run.clearedUp();
    this.#clearingUp.delete(run);
    const before = this.#ended.get(name);
    // Where it runs again, that run tells what has changed.
    if (before !== undefined) {
      const ended = this.#publishLast(before);
      this.#ended.set(name, ended);
      if (ended !== before) this.#tell(name, ended);
    }
    for (const listener of this.#listeners) listener.wake();
  }

  #listen(): Listener {
    const listener = new Listener();
    this.#listeners.add(listener);
    return listener;
  }

  #publish(): void {
    const patches = this.page.take();
    if (patches.length === 0) return;
    for (const listener of this.#listeners) listener.change(patches);
  }

  /** What cannot be told of the page fails the action, so that it ends in any case. */
  #publishLast(ended: ActionState): ActionState {
    try {
      this.#publish();
      return ended;
    } catch (error) {
      return { status: "failed", elapsedMs: ended.elapsedMs, problem: this.options.report(error) };
    }
  }

  #tell(element: string, action: ActionState): void {
    for (const listener of this.#listeners) listener.tell(element, action);
  }

  async *#events(listener: Listener, signal: AbortSignal, startsWithState: boolean): AsyncGenerator<SessionEvent> {
    const wakeUp = () => listener.wake();
    signal.addEventListener("abort", wakeUp);
    try {
      if (startsWithState) {
        const state = this.state();
        listener.dropPatches();
        yield { type: "state", state };
      }
      while (!signal.aborted) {
        const woken = listener.woken();
        yield* listener.drain();
        if (!this.isRunning && this.#clearingUp.size === 0 && listener.isEmpty) {
          // Subtle: who clicks from now on is not told by this stream, though it is still read.
          this.#listeners.delete(listener);
          return yield { type: "done" };
        }
        await woken;
      }
      // Aborted: the server stops, or nobody reads. Without a `done`, who still reads knows that it was cut off.
    } finally {
      signal.removeEventListener("abort", wakeUp);
      this.#listeners.delete(listener);
    }
  }
}

async function* doneAtOnce(): AsyncGenerator<SessionEvent> {
  yield { type: "done" };
}
