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

/** Above this many, moving ids one by one costs more than one sort of all. */
const MOST_MOVED = 1024;

/** Ids of the `count` largest values, largest first; of equals the lower id comes first. Few are found in one pass, no sort. */
export function topIds(values: Float32Array, count: number): number[] {
  if (count === 0) return [];
  if (count > MOST_MOVED) return sortedIds(values).slice(0, count);
  const ids: number[] = [];
  let id = 0;
  for (; id < count && id < values.length; id++) insert(ids, values, id, count);
  // Almost all of a vocabulary is less than what is there by now: those cost one comparison each.
  let least = at(values, ids[ids.length - 1] ?? 0);
  for (; id < values.length; id++) {
    if (at(values, id) > least) least = insert(ids, values, id, count);
  }
  return ids;
}

function sortedIds(values: Float32Array): number[] {
  // Subtle: the difference of two -∞ is NaN, which leaves the order to the ids as well.
  return [...values.keys()].sort((one, other) => at(values, other) - at(values, one) || one - other);
}

/** Puts `id` in its place among the at most `count` largest. @returns the least of them */
function insert(ids: number[], values: Float32Array, id: number, count: number): number {
  const value = at(values, id);
  // Smaller ones move a place down; the last one falls off when there are enough.
  let place = Math.min(ids.length, count - 1);
  for (; place > 0 && at(values, ids[place - 1] ?? 0) < value; place--) ids[place] = ids[place - 1] ?? 0;
  ids[place] = id;
  return at(values, ids[ids.length - 1] ?? 0);
}

/** Subtle: ids come from loops over the array itself; the fallback only satisfies the type. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? -Infinity;
}
