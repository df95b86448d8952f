/** Long work that lets everybody else have their turn, by how much was done and not by the clock. */
export class Turns {
  #left: number;

  /**
   * @param size how much is done in one turn
   * @param signal ends the work between two turns
   */
  constructor(readonly size: number, readonly signal?: AbortSignal, readonly pause: () => Promise<void> = nextTask) {
    this.#left = size;
  }

  /** How much may be done before the next turn; at least 1. */
  get left(): number {
    return this.#left;
  }

  /**
   * Some work was done.
   * @returns to be awaited where others are next, so that most work costs no wait; throws the signal's reason
   */
  did(work: number): Promise<void> | undefined {
    this.#left -= work;
    return this.#left > 0 ? undefined : this.#giveWay();
  }

  async #giveWay(): Promise<void> {
    await this.pause();
    this.signal?.throwIfAborted();
    this.#left = this.size;
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
