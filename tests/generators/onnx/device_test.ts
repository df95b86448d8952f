import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import { pickDevice, type SessionMaker } from "../../../lib/generators/onnx/device.ts";

/** A runtime on which only `working` can make a session; `tried` and `open` tell what happened. */
function runtimeWith(working: readonly string[]) {
  const tried: string[] = [];
  const state = { tried, open: 0 };
  const sessions: SessionMaker = {
    create(model, { executionProviders }) {
      const device = executionProviders.join();
      assert.ok(model.length > 0);
      tried.push(device);
      if (!working.includes(device)) return Promise.reject(new Error(`no ${device} provider in this build`));
      state.open++;
      return Promise.resolve({ release: () => Promise.resolve(void state.open--) });
    },
  };
  return { sessions, state };
}

Deno.test("auto takes the first device that works and that the driver runs on", async () => {
  for (
    const [working, driver, expected, tried] of [
      [["cuda", "webgpu"], "auto", "cuda", ["cuda"]],
      [["webgpu"], "auto", "webgpu", ["cuda", "webgpu"]],
      [["webgpu"], "native", "webgpu", ["cuda", "webgpu"]],
      [["webgpu"], "binding", "cpu", ["cuda"]],
      [["cuda", "webgpu"], "binding", "cuda", ["cuda"]],
      [[], "auto", "cpu", ["cuda", "webgpu"]],
    ] as const
  ) {
    const { sessions, state } = runtimeWith(working);
    assert.equal(await pickDevice("auto", sessions, driver), expected);
    assert.deepEqual(state.tried, tried);
    assert.equal(state.open, 0, "a session that was only tried is released");
  }
});

Deno.test("cpu is taken without a trial", async () => {
  const { sessions, state } = runtimeWith([]);
  assert.equal(await pickDevice("cpu", sessions, "auto"), "cpu");
  assert.deepEqual(state.tried, []);
});

Deno.test("a named device is used or refused with the reason and a way out, never replaced", async () => {
  assert.equal(await pickDevice("webgpu", runtimeWith(["webgpu"]).sessions, "auto"), "webgpu");
  await assert.rejects(pickDevice("cuda", runtimeWith(["webgpu"]).sessions, "auto"), {
    message: /^Cannot use the device cuda: no cuda provider in this build\. To use it, install CUDA .*device cpu$/,
  });
});

Deno.test("a runtime that throws what is no error is named too", async () => {
  const sessions: SessionMaker = { create: () => Promise.reject("driver gone") };
  await assert.rejects(pickDevice("webgpu", sessions, "auto"), /device webgpu: driver gone/);
});

Deno.test("the trial model runs on the real runtime", async () => {
  const { InferenceSession } = await import("onnxruntime-node");
  let model: Uint8Array | undefined;
  const keep: SessionMaker = {
    create(bytes) {
      model = bytes;
      return Promise.resolve({ release: () => Promise.resolve() });
    },
  };
  await pickDevice("webgpu", keep, "auto");
  assert.ok(model !== undefined);
  const session = await InferenceSession.create(model, { executionProviders: ["cpu"], logSeverityLevel: 4 });
  assert.deepEqual([session.inputNames, session.outputNames], [["x"], ["y"]]);
  await session.release();
});
