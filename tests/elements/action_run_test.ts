/** How one run of an action ends. */
import assert from "node:assert/strict";
import { ActionRun } from "../../lib/components/action_run.ts";

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
