/** The maths of one distribution. Sums are kept in 64 bits; the mass of a rest is summed, never 1 − Σp. */

/**
 * Writes natural logprobs of `logits` into `out` (both `[vocab]`) and returns the entropy in nats.
 * −∞ is a probability of 0; log p = x − max − log Σ exp(x − max).
 * @throws {RangeError} naming the first id whose logit is NaN or +∞, or when every logit is −∞
 */
export function logSoftmax(logits: Float32Array, out: Float32Array): number {
  const max = maxLogit(logits);
  let sum = 0, weighted = 0;
  for (let id = 0; id < logits.length; id++) {
    const shifted = at(logits, id) - max;
    const weight = Math.exp(shifted);
    sum += weight;
    if (weight > 0) weighted += weight * shifted;
  }
  const logSum = Math.log(sum);
  for (let id = 0; id < logits.length; id++) out[id] = at(logits, id) - max - logSum;
  return Math.max(0, logSum - weighted / sum);
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

/** Place of `id` in the distribution, 1 for the most probable; of equals the lower id comes first. */
export function rankOf(logprobs: Float32Array, id: number): number {
  const own = at(logprobs, id);
  let rank = 1;
  for (let other = 0; other < logprobs.length; other++) {
    const value = at(logprobs, other);
    if (value > own || (value === own && other < id)) rank++;
  }
  return rank;
}

/** Ids of the `count` largest values, largest first; of equals the lower id comes first. One pass, no full sort. */
export function topIds(values: Float32Array, count: number): number[] {
  const ids: number[] = [];
  let smallest = -Infinity;
  for (let id = 0; id < values.length; id++) {
    const value = at(values, id);
    if (ids.length === count && !(value > smallest)) continue;
    let place = ids.length;
    while (place > 0 && at(values, ids[place - 1] ?? 0) < value) place--;
    ids.splice(place, 0, id);
    if (ids.length > count) ids.pop();
    smallest = at(values, ids[ids.length - 1] ?? 0);
  }
  return ids;
}

/** Log of the summed probability of all tokens but `ids`; undefined when nothing is left or what is left has none. */
export function restLogprob(logprobs: Float32Array, ids: readonly number[]): number | undefined {
  let sum = 0, start = 0;
  // Between two of the ids there is nothing to look up: stretches are summed as they stand.
  for (const id of [...ids].sort((one, other) => one - other).concat(logprobs.length)) {
    for (let other = start; other < id; other++) sum += Math.exp(at(logprobs, other));
    start = id + 1;
  }
  return sum > 0 ? Math.log(sum) : undefined;
}

/** Subtle: ids come from loops over the array itself; the fallback only satisfies the type. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? -Infinity;
}
