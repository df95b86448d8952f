/** The runs of a model, in its thread: each computed a little ahead of whoever reads it. */
import type { GeneratorEvent } from "../../lm/event.ts";

/** Opens a run's rounds; they end early, with `cancelled` finishes, when the signal aborts. */
export type OpenRounds = (signal: AbortSignal) => AsyncGenerator<readonly GeneratorEvent[], void, void>;

/**
 * One run. As soon as a round was fetched the next one is computed, while that one is still on its way to the reader; so
 * runs that are read at the same time are ready for the same pass. No more than one round waits.
 */
class Run {
  readonly #controller = new AbortController();
  readonly #rounds: AsyncGenerator<readonly GeneratorEvent[], void, void>;
  #ahead: Promise<readonly GeneratorEvent[]>;

  constructor(open: OpenRounds) {
    this.#rounds = open(this.#controller.signal);
    this.#ahead = this.#next();
  }

  /** The next round; empty when the run is over. @throws what the run throws */
  async pull(): Promise<readonly GeneratorEvent[]> {
    const events = await this.#ahead;
    if (events.length > 0) this.#ahead = this.#next();
    return events;
  }

  cancel(): void {
    this.#controller.abort();
  }

  #next(): Promise<readonly GeneratorEvent[]> {
    const round = this.#rounds.next().then(({ done, value }) => done === true ? [] : value);
    // What it throws is for whoever pulls, who may come later or never.
    round.catch(() => {});
    return round;
  }
}

export class Runs {
  readonly #runs = new Map<number, Run>();

  get size(): number {
    return this.#runs.size;
  }

  open(id: number, rounds: OpenRounds): void {
    this.#runs.set(id, new Run(rounds));
  }

  /** The next events of a run; none when it is over. @throws what the run throws, which ends it */
  async pull(id: number): Promise<readonly GeneratorEvent[]> {
    const run = this.#runs.get(id);
    if (run === undefined) return [];
    try {
      const events = await run.pull();
      if (events.length === 0) this.#runs.delete(id);
      return events;
    } catch (error) {
      this.#runs.delete(id);
      throw error;
    }
  }

  cancel(id: number): void {
    this.#runs.get(id)?.cancel();
  }
}
