/** The runs of a model, in its thread: each computed as far as it was pulled. */
import type { GeneratorEvent } from "../../lm/event.ts";

type Rounds = AsyncGenerator<readonly GeneratorEvent[], void, void>;

interface Run {
  readonly rounds: Rounds;
  readonly controller: AbortController;
}

export class Runs {
  readonly #runs = new Map<number, Run>();

  get size(): number {
    return this.#runs.size;
  }

  /** @param open gives the run's rounds, which end early, with `cancelled` finishes, when the signal aborts */
  open(id: number, open: (signal: AbortSignal) => Rounds): void {
    const controller = new AbortController();
    this.#runs.set(id, { rounds: open(controller.signal), controller });
  }

  /**
   * The next events of a run; none when it is over. Several pulls may wait, and are served in turn.
   * @throws what the run throws, which ends it
   */
  async pull(id: number): Promise<readonly GeneratorEvent[]> {
    const run = this.#runs.get(id);
    if (run === undefined) return [];
    try {
      const { done, value } = await run.rounds.next();
      if (done !== true) return value;
      this.#runs.delete(id);
      return [];
    } catch (error) {
      this.#runs.delete(id);
      throw error;
    }
  }

  cancel(id: number): void {
    this.#runs.get(id)?.controller.abort();
  }
}
