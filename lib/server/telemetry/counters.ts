/** What the runs of the app came to, in numbers without any content: for `/api/metrics`, and bounded in size. */
import type { FinishReason } from "../../lm/event.ts";
import { type Clock, MONOTONIC } from "../../generators/clock.ts";

/** How a run ended: by itself, cut short by who asked or by who wrote, or by a fault. */
export type RunOutcome = "completed" | "cancelled" | "incomplete" | "error";

/** Which of several endings is told. */
const BADNESS: Readonly<Record<RunOutcome, number>> = { completed: 0, cancelled: 1, incomplete: 2, error: 3 };

/** How many durations there were, and how long they were in all. */
export class Durations {
  count = 0;
  sumMs = 0;

  add(ms: number): void {
    this.count++;
    this.sumMs += ms;
  }
}

export class Counters {
  readonly outcomes: Record<RunOutcome, number> = { completed: 0, cancelled: 0, incomplete: 0, error: 0 };
  /** Runs that ended with a problem, or were turned away with it, by its status. */
  readonly errors = new Map<number, number>();
  promptTokens = 0;
  completionTokens = 0;
  /** From the request to its turn. */
  readonly queueWait = new Durations();
  /** From the request to the first token, the wait included. */
  readonly firstToken = new Durations();
  /** Between two tokens of one run. */
  readonly betweenTokens = new Durations();
  /** Longest time that the event loop was late. */
  longestLagMs = 0;

  failed(status: number): void {
    this.errors.set(status, (this.errors.get(status) ?? 0) + 1);
  }
}

/** Counts one run, which begins as it is made. */
export class RunCount {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #startedMs: number;
  #tokenMs: number | undefined;
  #outcome: RunOutcome | undefined;
  /** Of the run: its completions have one prompt. */
  #promptTokens = 0;
  /** Completions that have not told their end. */
  #unfinished: number;

  /** @param completions how many the run has */
  constructor(counters: Counters, clock: Clock = MONOTONIC, completions = 1) {
    this.#counters = counters;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#unfinished = completions;
  }

  admitted(waitedMs: number): void {
    this.#counters.queueWait.add(waitedMs);
  }

  token(): void {
    const nowMs = this.#clock.now();
    if (this.#tokenMs === undefined) this.#counters.firstToken.add(nowMs - this.#startedMs);
    else this.#counters.betweenTokens.add(nowMs - this.#tokenMs);
    this.#tokenMs = nowMs;
    this.#counters.completionTokens++;
  }

  /** Of several completions the one that ended worst tells how the run ended. */
  finished(reason: FinishReason, promptTokens = 0): void {
    this.#promptTokens = Math.max(this.#promptTokens, promptTokens);
    this.#unfinished--;
    this.#ended(outcomeOf(reason));
  }

  failed(status: number): void {
    this.#outcome = "error";
    this.#counters.failed(status);
  }

  /** Called once, at the end; a run that was left before all of its completions told their ends is cancelled. */
  close(): void {
    if (this.#unfinished > 0) this.#ended("cancelled");
    this.#counters.promptTokens += this.#promptTokens;
    this.#counters.outcomes[this.#outcome ?? "cancelled"]++;
  }

  #ended(outcome: RunOutcome): void {
    if (this.#outcome === undefined || BADNESS[outcome] > BADNESS[this.#outcome]) this.#outcome = outcome;
  }
}

function outcomeOf(reason: FinishReason): RunOutcome {
  switch (reason) {
    case "stop":
    case "length":
    case "content_filter":
      return "completed";
    case "cancelled":
    case "incomplete":
    case "error":
      return reason;
  }
}
