import assert from "node:assert/strict";
import fc from "fast-check";
import { hereOn, moved, redone, type Trail, trailFrom, undone } from "../../lib/ui/trail.ts";

Deno.test("redo after undo is where one was, and undo after a move is where one came from", () => {
  fc.assert(fc.property(fc.array(fc.nat(9), { maxLength: 30 }), fc.nat(30), (places, back) => {
    let trail = places.reduce((so, place) => moved(so, place), trailFrom(-1));
    for (let step = 0; step < back; step++) trail = undone(trail);
    if (trail.at > 0) assert.deepEqual(redone(undone(trail)), trail);
    assert.equal(hereOn(undone(moved(trail, 42))), hereOn(trail));
  }));
});

Deno.test("every place that was seen can be come back to by undoing, whatever was undone before", () => {
  const action = fc.oneof(fc.nat(99), fc.constant("undo" as const), fc.constant("redo" as const));
  fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
    let trail: Trail<number> = trailFrom(-1);
    const seen = new Set([-1]);
    for (const each of actions) {
      trail = each === "undo" ? undone(trail) : each === "redo" ? redone(trail) : moved(trail, each);
      if (typeof each === "number") seen.add(each);
    }
    const reachable = new Set(moved(trail, 1000).places);
    for (const place of seen) assert.ok(reachable.has(place), String(place));
  }));
});
