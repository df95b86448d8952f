import { least, median, p10 } from "./statistics.ts";

/** Times in ms by what they are of; NaN is told where nothing was measured. */
export class Times {
  readonly #times = new Map<string, number[]>();

  add(what: string, times: readonly number[]): void {
    const known = this.#times.get(what);
    if (known === undefined) this.#times.set(what, [...times]);
    else known.push(...times);
  }

  p10(what: string): number {
    return this.#sum(what, p10);
  }

  least(what: string): number {
    return this.#sum(what, least);
  }

  median(what: string): number {
    return this.#sum(what, median);
  }

  #sum(what: string, sum: (times: readonly number[]) => number): number {
    const times = this.#times.get(what) ?? [];
    return times.length === 0 ? NaN : sum(times);
  }
}
