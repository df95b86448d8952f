import { exponential, VANISHING } from "./exponential.ts";
import { at, topIds } from "./logits.ts";

/** Share of a sum above which a difference from it is exact to nine digits. */
const LEAST_DIFFERENCE = 1e-4;

/**
 * A distribution over one vocabulary, in arrays that are used again and again. Sums are kept in 64 bits; the mass of a rest
 * is summed wherever 1 − Σp would lose it.
 */
export class Distribution {
  /** What it is the distribution of, `[vocab]`. Whoever edits them calls `update`. */
  readonly logits: Float32Array;
  /** exp(logit − largest logit), `[vocab]`. */
  readonly #weights: Float64Array;
  #sum = 0;
  #logNormalizer = 0;
  #entropyNats = 0;
  #mode = 0;
  #size = 0;

  constructor(vocabularySize: number) {
    this.logits = new Float32Array(vocabularySize);
    this.#weights = new Float64Array(vocabularySize);
  }

  get entropyNats(): number {
    return this.#entropyNats;
  }

  /** The most probable token; of equals the lowest id. */
  get mode(): number {
    return this.#mode;
  }

  /** Tokens that are in it: those whose logit is not −∞. */
  get size(): number {
    return this.#size;
  }

  /** Sum of all weights. */
  get weightSum(): number {
    return this.#sum;
  }

  /** log Σ exp(logit): a logit is its logprob plus this. */
  get logNormalizer(): number {
    return this.#logNormalizer;
  }

  /** Makes it the distribution of `logits`, `[vocab]`, which are copied. Mode and errors as `update` has them. */
  set(logits: Float32Array, mode?: number): this {
    this.logits.set(logits);
    return this.update(mode);
  }

  /**
   * Makes it the distribution of its logits as they stand now; −∞ is a probability of 0.
   * log p = x − max − log Σ exp(x − max).
   * @param mode the id of the largest, of equals the lowest, where that is known already
   * @throws {RangeError} naming the first id whose logit is NaN or +∞, or when every logit is −∞
   */
  update(mode = topIds(this.logits, 1)[0] ?? 0): this {
    const { logits } = this, weights = this.#weights, max = at(logits, mode);
    if (max === -Infinity) throw new RangeError("Cannot use logits as every one of them is -Infinity");
    let sum = 0, weighted = 0, absent = 0;
    for (let id = 0; id < logits.length; id++) {
      const shifted = at(logits, id) - max;
      if (shifted > VANISHING) {
        const weight = exponential(shifted);
        weights[id] = weight;
        sum += weight;
        weighted += weight * shifted;
      } else {
        weights[id] = 0;
        if (!(shifted < 0)) throw new RangeError(`Cannot use logits as the one of token id ${id} is ${logits[id]}`);
        if (logits[id] === -Infinity) absent++;
      }
    }
    this.#sum = sum;
    this.#logNormalizer = max + Math.log(sum);
    this.#entropyNats = Math.max(0, Math.log(sum) - weighted / sum);
    this.#mode = mode;
    this.#size = logits.length - absent;
    return this;
  }

  /** Makes it the one in which `id` has all of the probability. */
  setCertain(id: number): this {
    this.logits.fill(-Infinity)[id] = 0;
    this.#weights.fill(0)[id] = 1;
    this.#sum = 1;
    this.#logNormalizer = 0;
    this.#entropyNats = 0;
    this.#mode = id;
    this.#size = 1;
    return this;
  }

  /** Natural logarithm of the probability, as 32 bits hold it. */
  logprob(id: number): number {
    return Math.fround(at(this.logits, id) - this.#logNormalizer);
  }

  probability(id: number): number {
    return this.weight(id) / this.#sum;
  }

  /** exp(logit − largest logit): in proportion to the probability, and 1 for the most probable. */
  weight(id: number): number {
    return this.#weights[id] ?? 0;
  }

  /**
   * Log of the summed probability of all tokens but `ids`, each of which is given once; undefined when nothing is left or
   * what is left has none.
   */
  restLogprob(ids: readonly number[]): number | undefined {
    if (ids.filter((id) => at(this.logits, id) > -Infinity).length === this.#size) return undefined;
    const left = ids.reduce((left, id) => left - (this.#weights[id] ?? 0), this.#sum);
    // Subtle: a difference loses its digits when little is left, which is then summed itself.
    const rest = left > LEAST_DIFFERENCE * this.#sum ? left : this.#sumWithout(ids);
    return rest > 0 ? Math.log(rest / this.#sum) : undefined;
  }

  #sumWithout(ids: readonly number[]): number {
    let sum = 0, start = 0;
    // Between two of the ids there is nothing to look up: stretches are summed as they stand.
    for (const id of ids.toSorted((one, other) => one - other).concat(this.#weights.length)) {
      for (let other = start; other < id; other++) sum += this.#weights[other] ?? 0;
      start = id + 1;
    }
    return sum;
  }

  /** Summed probability of the tokens that are in it and not in `later`. */
  massWithout(later: Distribution): number {
    if (later.size === this.#size) return 0;
    if (later.size === 1) return Math.exp(this.restLogprob([later.mode]) ?? -Infinity);
    const { logits } = later;
    let sum = 0;
    for (let id = 0; id < logits.length; id++) if (at(logits, id) === -Infinity) sum += this.#weights[id] ?? 0;
    return sum / this.#sum;
  }
}
