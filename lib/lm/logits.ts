/** Places in a row of logits. */

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

/** Subtle: ids come from loops over the array itself; the fallback only satisfies the type. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? -Infinity;
}
