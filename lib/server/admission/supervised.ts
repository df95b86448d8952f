/** A run under watch: it ends when it takes too long, and when nobody reads it. */
import type { GeneratorEvent } from "../../lm/event.ts";
import type { Clock } from "../../generators/clock.ts";
import { ProblemError } from "../problem.ts";
import { within } from "./within.ts";
import { Silence } from "./silence.ts";

export interface Deadlines {
  /** Longest run, its wait in the queue included. */
  readonly totalMs: number;
  /** Longest time that an event may lie unread; then the run is given up, so that others get its place. */
  readonly stallMs: number;
}

/** How long aborted work may take to say its last; then it is left alone. */
export const LAST_WORD_MS = 5_000;

type Events = AsyncGenerator<GeneratorEvent, void, void>;

interface Watch {
  /** Aborts when the client leaves or the app stops. */
  readonly signal: AbortSignal | undefined;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Called once, when nothing of the run works any more, or is waited for. */
  readonly release: () => void;
}

/**
 * Passes on the events of a run.
 * @param start makes the run; its signal aborts with the client's, and when the run takes too long
 * @throws {ProblemError} 504 after what a run that took too long had still to say, 408 once an unread run is read again
 */
export async function* supervised(start: (signal: AbortSignal) => Events, watch: Watch): Events {
  const run = new Run(start, watch);
  try {
    for (let next = await run.next(); next.done !== true; next = await run.next()) {
      run.unread.begin();
      yield next.value;
      run.unread.end();
      if (run.isClosed) break;
    }
    if (run.fault !== undefined) throw run.fault;
  } finally {
    await run.close();
  }
}

class Run {
  fault: ProblemError | undefined;
  isClosed = false;
  /** From an event's being handed over to the next one's being asked for. */
  readonly unread: Silence;
  readonly #watch: Watch;
  readonly #events: Events;
  readonly #overdue = new AbortController();
  readonly #ending: AbortSignal;
  readonly #stopTotal: () => void;
  #stopLastWord = () => {};
  #isAbandoned = false;
  #reject: (reason: unknown) => void = () => {};

  constructor(start: (signal: AbortSignal) => Events, watch: Watch) {
    const { signal, clock, deadlines: { totalMs, stallMs } } = watch;
    this.#watch = watch;
    this.unread = new Silence(clock, stallMs, () => this.#giveUp());
    this.#ending = AbortSignal.any(signal === undefined ? [this.#overdue.signal] : [signal, this.#overdue.signal]);
    this.#ending.addEventListener("abort", this.#awaitLastWord);
    if (this.#ending.aborted) this.#awaitLastWord();
    this.#stopTotal = clock.after(totalMs, () => {
      this.fault = tooLong("run", totalMs);
      this.#overdue.abort();
    });
    this.#events = start(this.#ending);
  }

  /** Subtle: no race with one long promise, as that would keep something of each event until the end. */
  next(): Promise<IteratorResult<GeneratorEvent, void>> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#events.next().then(resolve, reject);
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.unread.close();
    this.#stopTotal();
    this.#stopLastWord();
    this.#ending.removeEventListener("abort", this.#awaitLastWord);
    const ended = this.#events.return();
    try {
      if (this.#isAbandoned) ended.catch(() => {}); // What it says too late is nobody's.
      else await within(LAST_WORD_MS, ended, this.#watch.clock);
    } finally {
      this.#watch.release();
    }
  }

  #giveUp(): void {
    const { stallMs } = this.#watch.deadlines;
    this.fault = new ProblemError(408, "Not read", `The run was given up, as nobody read it for ${seconds(stallMs)} s`);
    this.close().catch(() => {}); // Nobody is there to hear of it.
  }

  readonly #awaitLastWord = () => {
    this.#stopLastWord = this.#watch.clock.after(LAST_WORD_MS, () => {
      this.#isAbandoned = true;
      this.#reject(this.fault ?? this.#ending.reason);
    });
  };
}

/** What to say of work that was ended at its deadline. */
export function tooLong(what: string, totalMs: number): ProblemError {
  return new ProblemError(504, "Too long", `The ${what} was ended, as it took longer than ${seconds(totalMs)} s`);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
