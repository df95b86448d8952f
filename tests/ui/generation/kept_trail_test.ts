import assert from "node:assert/strict";
import { type Place, readTrail, trailText } from "../../../lib/ui/generation/kept_trail.ts";
import type { Trail } from "../../../lib/ui/trail.ts";

const runs = (...ids: readonly string[]) => ids.map((id) => ({ id }));
const at = (run: number): Place => ({ run, selection: undefined });
const TRAIL: Trail<Place> = {
  at: 2,
  places: [at(0), { run: 1, selection: { kind: "step", sequence: 0, position: 3 } }, at(1), at(0)],
};

Deno.test("a kept trail leads to the same runs, in whatever order another tab has kept them", () => {
  const text = trailText(TRAIL, runs("a", "b"));
  assert.deepEqual(readTrail(text, runs("a", "b")), TRAIL);
  const { places } = readTrail(text, runs("c", "b", "a"));
  assert.deepEqual(places.map(({ run }) => run), [2, 1, 1, 2]);
});

Deno.test("a kept trail leaves out runs that are gone, and begins anew where the one on screen is", () => {
  const text = trailText(TRAIL, runs("a", "b"));
  assert.deepEqual(readTrail(text, runs("b")), {
    at: 1,
    places: [{ run: 0, selection: { kind: "step", sequence: 0, position: 3 } }, at(0)],
  });
  const latest = { at: 0, places: [at(1)] };
  assert.deepEqual(readTrail(text, runs("a", "c")), latest);
  // As it was kept before: by places in an order that is no more.
  assert.deepEqual(readTrail(JSON.stringify({ at: 0, places: [{ run: 0 }] }), runs("a", "b")), latest);
  for (const none of [undefined, "{", "[]"]) assert.deepEqual(readTrail(none, runs("a", "b")), latest);
});
