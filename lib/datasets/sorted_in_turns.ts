/** Sorting that lets everybody else have their turn: a million keys take a second and more. */
import { Turns } from "./turns.ts";

/** Keys that are sorted at once, in some milliseconds. */
const RUN = 4096;
/** Keys that are merged in one turn. */
const MERGED = 2 ** 14;

interface Pausing {
  readonly signal?: AbortSignal | undefined;
  readonly pause?: () => Promise<void>;
}

/**
 * A merge sort, stable as `toSorted` is: short runs are sorted, and neighbours merged until one run is left.
 * @throws the signal's reason
 */
export async function sortedInTurns<Key extends object>(
  keys: readonly Key[],
  compare: (one: Key, other: Key) => number,
  { signal, pause }: Pausing = {},
): Promise<readonly Key[]> {
  const turns = new Turns(MERGED, signal, pause);
  let runs: (readonly Key[])[] = [];
  for (let start = 0; start < keys.length; start += RUN) {
    runs.push(keys.slice(start, start + RUN).sort(compare));
    await turns.did(MERGED);
  }
  while (runs.length > 1) {
    const merged: (readonly Key[])[] = [];
    for (let place = 0; place < runs.length; place += 2) {
      const [one = [], other] = runs.slice(place, place + 2);
      merged.push(other === undefined ? one : await merge(one, other, compare, turns));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** Of equal keys those of `one` come first. */
async function merge<Key extends object>(
  one: readonly Key[],
  other: readonly Key[],
  compare: (one: Key, other: Key) => number,
  turns: Turns,
): Promise<readonly Key[]> {
  const merged: Key[] = [];
  let next = 0;
  for (const key of other) {
    for (let before = one[next]; before !== undefined && compare(before, key) <= 0; before = one[++next]) {
      merged.push(before);
      const turn = turns.did(1);
      if (turn !== undefined) await turn;
    }
    merged.push(key);
    const turn = turns.did(1);
    if (turn !== undefined) await turn;
  }
  return merged.concat(one.slice(next));
}
