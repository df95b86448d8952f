import { at } from "./logits.ts";

/**
 * A distribution over one vocabulary, in arrays that are used again and again. Sums are kept in 64 bits; the mass of a rest
 * is summed, never 1 − Σp.
 */
export class Distribution {
  /** Natural logprobs, `[vocab]`. */
  readonly logprobs: Float32Array;
  /** exp(logit − largest logit), `[vocab]`. */
  readonly #weights: Float64Array;
  #sum = 0;
  #entropyNats = 0;

  constructor(vocabularySize: number) {
    this.logprobs = new Float32Array(vocabularySize);
    this.#weights = new Float64Array(vocabularySize);
  }

  get entropyNats(): number {
    return this.#entropyNats;
  }

  /**
   * Makes it the distribution of `logits`, `[vocab]`; −∞ is a probability of 0.
   * log p = x − max − log Σ exp(x − max).
   * @throws {RangeError} naming the first id whose logit is NaN or +∞, or when every logit is −∞
   */
  set(logits: Float32Array): this {
    const max = maxLogit(logits);
    let sum = 0, weighted = 0;
    for (let id = 0; id < logits.length; id++) {
      const shifted = at(logits, id) - max;
      const weight = shifted === -Infinity ? 0 : Math.exp(shifted);
      this.#weights[id] = weight;
      sum += weight;
      if (weight > 0) weighted += weight * shifted;
    }
    const logSum = Math.log(sum);
    for (let id = 0; id < logits.length; id++) this.logprobs[id] = at(logits, id) - max - logSum;
    this.#sum = sum;
    this.#entropyNats = Math.max(0, logSum - weighted / sum);
    return this;
  }

  probability(id: number): number {
    return (this.#weights[id] ?? 0) / this.#sum;
  }

  /** Log of the summed probability of all tokens but `ids`; undefined when nothing is left or what is left has none. */
  restLogprob(ids: readonly number[]): number | undefined {
    let sum = 0, start = 0;
    // Between two of the ids there is nothing to look up: stretches are summed as they stand.
    for (const id of ids.toSorted((one, other) => one - other).concat(this.#weights.length)) {
      for (let other = start; other < id; other++) sum += this.#weights[other] ?? 0;
      start = id + 1;
    }
    return sum > 0 ? Math.log(sum / this.#sum) : undefined;
  }
}

function maxLogit(logits: Float32Array): number {
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const value = at(logits, id);
    if (!(value < Infinity)) throw new RangeError(`Cannot use logits as the one of token id ${id} is ${value}`);
    if (value > max) max = value;
  }
  if (max === -Infinity) throw new RangeError("Cannot use logits as every one of them is -Infinity");
  return max;
}
