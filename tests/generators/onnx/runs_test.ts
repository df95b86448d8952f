import assert from "node:assert/strict";
import { Runs } from "../../../lib/generators/onnx/runs.ts";
import type { GeneratorEvent } from "../../../lib/lm/event.ts";

const ROUND: readonly GeneratorEvent[] = [{ type: "prompt", tokens: [] }];

/** Runs with one open run of `count` rounds, and how many of them were computed. */
function opened(count: number, end: () => void = () => {}) {
  const runs = new Runs();
  const computed: number[] = [];
  runs.open(1, async function* () {
    for (let round = 1; round <= count; round++) {
      computed.push(round);
      yield await Promise.resolve(ROUND);
    }
    end();
  });
  return { runs, computed };
}

Deno.test("a run is computed as far as it was pulled, and several pulls are served in turn", async () => {
  const { runs, computed } = opened(10);
  assert.deepEqual(await Promise.all([runs.pull(1), runs.pull(1), runs.pull(1)]), [ROUND, ROUND, ROUND]);
  assert.deepEqual(computed, [1, 2, 3]);
  assert.equal(runs.size, 1);
});

Deno.test("pulls beyond the end of a run give nothing, and the run is forgotten", async () => {
  const { runs } = opened(1);
  assert.deepEqual(await Promise.all([runs.pull(1), runs.pull(1), runs.pull(1)]), [ROUND, [], []]);
  assert.equal(runs.size, 0);
  assert.deepEqual(await runs.pull(1), []);
});

Deno.test("what a run throws is told to the pull that it happened in, and ends it", async () => {
  const { runs } = opened(1, () => {
    throw new Error("the pass failed");
  });
  const [first, second, third] = await Promise.allSettled([runs.pull(1), runs.pull(1), runs.pull(1)]);
  assert.deepEqual([first, third], [{ status: "fulfilled", value: ROUND }, { status: "fulfilled", value: [] }]);
  assert.equal(second.status, "rejected");
  assert.equal(runs.size, 0);
});

Deno.test("a run that is cancelled hears of it", async () => {
  const runs = new Runs();
  runs.open(1, async function* (signal) {
    while (!signal.aborted) yield await Promise.resolve(ROUND);
  });
  assert.deepEqual(await runs.pull(1), ROUND);
  runs.cancel(1);
  assert.deepEqual(await runs.pull(1), []);
});
