import type { CounterStore } from "../../lib/server/admission/budget.ts";

/** Counters of this process alone, which a restart forgets. */
export class MemoryCounters implements CounterStore {
  readonly #counters = new Map<string, { sum: number; endsAt: number }>();

  add(key: readonly string[], amount: number, limit: number, lifetimeMs: number): Promise<boolean> {
    const now = Date.now(), name = JSON.stringify(key);
    for (const [other, { endsAt }] of this.#counters) if (endsAt < now) this.#counters.delete(other);
    const counter = this.#counters.get(name) ?? { sum: 0, endsAt: now + 2 * lifetimeMs };
    if (counter.sum + amount > limit) return Promise.resolve(false);
    counter.sum += amount;
    this.#counters.set(name, counter);
    return Promise.resolve(true);
  }
}
