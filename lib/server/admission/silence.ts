import type { Clock } from "../../generators/clock.ts";

/** Tells when something lasts too long that begins and ends often: one timer for all of it, not one for each. */
export class Silence {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #fire: () => void;
  #sinceMs: number | undefined;
  #stopTimer: (() => void) | undefined;

  /** @param fire called at the moment when a silence has lasted for `ms` */
  constructor(clock: Clock, ms: number, fire: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#fire = fire;
  }

  begin(): void {
    this.#sinceMs = this.#clock.now();
    if (this.#stopTimer === undefined) this.#watch(this.#ms);
  }

  end(): void {
    this.#sinceMs = undefined;
  }

  close(): void {
    this.end();
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Subtle: the timer outlives a silence that ends, and then looks how long the next one has lasted. */
  #watch(ms: number): void {
    this.#stopTimer = this.#clock.after(ms, () => {
      this.#stopTimer = undefined;
      if (this.#sinceMs === undefined) return;
      const leftMs = this.#sinceMs + this.#ms - this.#clock.now();
      if (leftMs > 0) this.#watch(leftMs);
      else this.#fire();
    });
  }
}
