import assert from "node:assert/strict";
import { withinTime } from "../../../lib/generators/onnx/time_limit.ts";

function busy(ms: number): string {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  return "done";
}

Deno.test("work is done before the runtime ends it, or refused", () => {
  for (const ms of [1, 351, 360, 430]) assert.equal(withinTime("wait", 0, () => busy(ms)), "done");
  for (const ms of [1_000, Infinity]) {
    assert.throws(() => withinTime("wait", 0, () => busy(ms)), {
      name: "RangeError",
      message: "Cannot wait: it took longer than the 0.35 s that it may",
    });
  }
  assert.throws(() => withinTime("read the text", 200_000, () => busy(Infinity)), {
    message: "Cannot read the text: it took longer than the 0.75 s that it may; " +
      "its 200000 characters may be too many to be done in time",
  });
});

Deno.test("what work throws is thrown, and work that calls itself without end is refused", () => {
  const fail = () => {
    throw new TypeError("its own");
  };
  assert.throws(() => withinTime("fail", 0, fail), { name: "TypeError", message: "its own" });
  const sink = (depth: number): number => sink(depth + 1) + 1;
  assert.throws(() => withinTime("sink", 0, () => sink(0)), {
    name: "RangeError",
    message: "Cannot sink: it calls itself without end",
  });
});

Deno.test("work that was late as the machine gave it no time is done again, and refused when it stays so", () => {
  let times = 0;
  const lateOnce = () => ++times === 1 ? busy(1_000) : "done";
  assert.equal(withinTime("wait", 0, lateOnce, () => 0), "done");
  assert.ok(times >= 2);
  for (const [now, tries] of [[() => 0, 3], [() => performance.now(), 1]] as const) {
    let looks = 0;
    const usedMs = () => (looks++, now());
    assert.throws(() => withinTime("wait", 0, () => busy(1_000), usedMs), /longer than the 0\.35 s that it may$/);
    assert.equal(looks, 2 * tries, "before and after each try");
  }
});
