import type { Clock } from "../../lib/generators/clock.ts";

/** A clock that stands until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly fire: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  /** Timers that are set and neither fired nor were stopped. */
  get timers(): number {
    return this.#timers.size;
  }

  after(ms: number, fire: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, fire };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves on, fires what is due in its order, and lets what waited for it go on. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      this.#timers.delete(next);
      next.fire();
      await settled();
    }
    this.#nowMs = untilMs;
    await settled();
  }
}

/** Resolves when everything that could go on without the clock has gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
