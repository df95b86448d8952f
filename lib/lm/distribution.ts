import { exponential, VANISHING } from "./exponential.ts";
import { at } from "./logits.ts";

/** Share of a sum above which a difference from it is exact to nine digits. */
const LEAST_DIFFERENCE = 1e-4;

/**
 * A distribution over one vocabulary, in arrays that are used again and again. Sums are kept in 64 bits; the mass of a rest
 * is summed wherever 1 − Σp would lose it.
 */
export class Distribution {
  /** Natural logprobs, `[vocab]`. */
  readonly logprobs: Float32Array;
  /** exp(logit − largest logit), `[vocab]`. */
  readonly #weights: Float64Array;
  #sum = 0;
  #entropyNats = 0;
  #logNormalizer = 0;
  #mode = 0;
  #size = 0;

  constructor(vocabularySize: number) {
    this.logprobs = new Float32Array(vocabularySize);
    this.#weights = new Float64Array(vocabularySize);
  }

  get entropyNats(): number {
    return this.#entropyNats;
  }

  /** log Σ exp(logit): a logit is its logprob plus this. */
  get logNormalizer(): number {
    return this.#logNormalizer;
  }

  /** The most probable token; of equals the lowest id. */
  get mode(): number {
    return this.#mode;
  }

  /** Tokens that are in it: those whose logit is not −∞. */
  get size(): number {
    return this.#size;
  }

  /**
   * Makes it the distribution of `logits`, `[vocab]`; −∞ is a probability of 0.
   * log p = x − max − log Σ exp(x − max).
   * @throws {RangeError} naming the first id whose logit is NaN or +∞, or when every logit is −∞
   */
  set(logits: Float32Array): this {
    this.#look(logits);
    if (this.#size === 1) return this.#setCertain(this.#mode, logits);
    const max = at(logits, this.#mode), weights = this.#weights;
    let sum = 0, weighted = 0;
    for (let id = 0; id < logits.length; id++) {
      const shifted = at(logits, id) - max;
      if (shifted > VANISHING) {
        const weight = exponential(shifted);
        weights[id] = weight;
        sum += weight;
        weighted += weight * shifted;
      } else weights[id] = 0;
    }
    const logSum = Math.log(sum);
    for (let id = 0; id < logits.length; id++) this.logprobs[id] = at(logits, id) - max - logSum;
    this.#sum = sum;
    this.#logNormalizer = max + logSum;
    this.#entropyNats = Math.max(0, logSum - weighted / sum);
    return this;
  }

  #setCertain(id: number, logits: Float32Array): this {
    this.logprobs.fill(-Infinity)[id] = 0;
    this.#weights.fill(0)[id] = 1;
    this.#sum = 1;
    this.#logNormalizer = at(logits, id);
    this.#entropyNats = 0;
    return this;
  }

  probability(id: number): number {
    return (this.#weights[id] ?? 0) / this.#sum;
  }

  /**
   * Log of the summed probability of all tokens but `ids`, each of which is given once; undefined when nothing is left or
   * what is left has none.
   */
  restLogprob(ids: readonly number[]): number | undefined {
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

  /** Summed probability of what has a probability here and none in `later`. */
  massWithout({ logprobs }: Distribution): number {
    let sum = 0;
    for (let id = 0; id < logprobs.length; id++) if (at(logprobs, id) === -Infinity) sum += this.#weights[id] ?? 0;
    return sum / this.#sum;
  }

  /** Finds the largest logit, and counts those that are not −∞. */
  #look(logits: Float32Array): void {
    let max = -Infinity, mode = 0, removed = 0;
    for (let id = 0; id < logits.length; id++) {
      const logit = at(logits, id);
      if (logit > max) {
        max = logit;
        mode = id;
      } else if (!(logit > -Infinity)) {
        removed++;
        if (logit !== -Infinity) throw unusable(id, logit);
      }
    }
    if (max === Infinity) throw unusable(mode, max);
    if (max === -Infinity) throw new RangeError("Cannot use logits as every one of them is -Infinity");
    this.#mode = mode;
    this.#size = logits.length - removed;
  }
}

function unusable(id: number, logit: number): RangeError {
  return new RangeError(`Cannot use logits as the one of token id ${id} is ${logit}`);
}
