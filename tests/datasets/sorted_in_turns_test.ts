import assert from "node:assert/strict";
import fc from "fast-check";
import { sortedInTurns } from "../../lib/datasets/sorted_in_turns.ts";

interface Key {
  readonly value: number;
  readonly place: number;
}

function keysOf(values: readonly number[]): readonly Key[] {
  return values.map((value, place) => ({ value, place }));
}

const byValue = (one: Key, other: Key) => one.value - other.value;

Deno.test("sortedInTurns() sorts as the language does, and keeps equal keys in their order", async () => {
  // Longer than a run, so that runs are merged; few values, so that many are equal.
  const values = fc.integer({ min: 0, max: 20_000 }).chain((length) =>
    fc.tuple(fc.constant(length), fc.integer({ min: 1, max: 50 }), fc.integer())
  );
  await fc.assert(
    fc.asyncProperty(values, async ([length, distinct, seed]) => {
      const keys = keysOf(Array.from({ length }, (_, place) => Math.abs(Math.sin(seed + place) * 1e6 | 0) % distinct));
      assert.deepEqual(await sortedInTurns(keys, byValue), keys.toSorted(byValue));
    }),
    { numRuns: 30 },
  );
});

Deno.test("sortedInTurns() gives way again and again, however the keys lie, and ends when it is told to", async () => {
  const length = 100_000;
  for (
    const order of [(place: number) => place, (place: number) => -place, (place: number) => (place * 7_919) % length]
  ) {
    const keys = keysOf(Array.from({ length }, (_, place) => order(place)));
    let compared = 0, most = 0;
    const pause = () => {
      most = Math.max(most, compared);
      compared = 0;
      return Promise.resolve();
    };
    const counting = (one: Key, other: Key) => {
      compared++;
      return byValue(one, other);
    };
    assert.deepEqual(await sortedInTurns(keys, counting, { pause }), keys.toSorted(byValue));
    // 4096 keys sorted take at most 4096 × 12 comparisons, 16,384 merged ones at most two each.
    assert.ok(most <= 4096 * 12, `${most} comparisons without a pause`);
  }
  const controller = new AbortController();
  const pause = () => Promise.resolve(controller.abort(new Error("left")));
  const keys = keysOf(Array.from({ length }, (_, place) => place));
  await assert.rejects(sortedInTurns(keys, byValue, { pause, signal: controller.signal }), { message: "left" });
});
