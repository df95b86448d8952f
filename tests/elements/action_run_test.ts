/** How one run of an action ends. */
import assert from "node:assert/strict";
import { ActionRun } from "../../lib/components/action_run.ts";
import type { Progress } from "../../lib/elements/element.ts";

Deno.test("an action that is cancelled between two steps, and throws at the next, is cancelled and no more", async () => {
  const run = new ActionRun({ report: () => assert.fail(), onYield: () => run.cancel(), onProgress() {} });
  const steps = async function* (signal: AbortSignal) {
    while (true) {
      signal.throwIfAborted();
      yield;
    }
  };
  // A rejection that nobody handles fails the test.
  const { status } = await run.perform({ inputs: [], refusal: undefined, prepare: () => steps });
  assert.equal(status, "cancelled");
});

Deno.test("an action that is a plain generator runs to its end, step by step, and fails as an async one", async () => {
  const perform = async (steps: () => Generator<Progress | void, void, void>) => {
    const progress: unknown[] = [];
    const run: ActionRun = new ActionRun({
      report: (error) => ({ type: "about:blank", title: "Failed", status: 500, detail: String(error), id: "1" }),
      onYield() {},
      onProgress: () => progress.push("progress" in run.state && run.state.progress),
    });
    const ended = await run.perform({ inputs: [], refusal: undefined, prepare: () => steps });
    return { status: ended.status, progress };
  };
  const said: string[] = [];
  const whole = await perform(function* () {
    said.push("begin");
    yield { done: 1, of: 2 };
    yield;
    said.push("end");
  });
  assert.deepEqual(whole, { status: "done", progress: [{ done: 1, of: 2 }] });
  assert.deepEqual(said, ["begin", "end"]);
  const failed = await perform(function* () {
    yield;
    throw new Error("no");
  });
  assert.equal(failed.status, "failed");
});

Deno.test("an action of plain JavaScript that yields null sends what changed, as one that yields nothing", async () => {
  let yields = 0;
  const run = new ActionRun({ report: () => assert.fail(), onYield: () => yields++, onProgress: () => assert.fail() });
  const steps = function* (): Generator<unknown> {
    yield null;
  };
  const { status } = await run.perform({
    inputs: [],
    refusal: undefined,
    prepare: () => steps as () => Generator<undefined, void, void>,
  });
  assert.deepEqual([status, yields], ["done", 1]);
});

Deno.test("an action that gives a list, as an arrow function does unseen, is done at once", async () => {
  const run = new ActionRun({ report: () => assert.fail(), onYield: () => assert.fail(), onProgress() {} });
  const list: () => unknown = () => [1, 2];
  const { status } = await run.perform({ inputs: [], refusal: undefined, prepare: () => list as () => void });
  assert.equal(status, "done");
});
