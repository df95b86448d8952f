import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import { openOnDevice, pickDevice, type SessionMaker } from "../../../lib/generators/onnx/device.ts";

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

Deno.test("a model that the device of auto does not suit runs on the processor, and says why; a named device is kept to", async () => {
  const signal = new AbortController().signal, opened: string[] = [];
  const open = (device: string) => {
    opened.push(device);
    return device === "cpu" ? Promise.resolve("a model") : Promise.reject(new Error("no room for the weights"));
  };
  assert.deepEqual(await openOnDevice({ wanted: "auto", device: "webgpu", signal }, open), {
    opened: "a model",
    device: "cpu",
    notes: ["it runs on the processor, since webgpu cannot: no room for the weights"],
  });
  assert.deepEqual(opened.splice(0), ["webgpu", "cpu"]);
  await assert.rejects(openOnDevice({ wanted: "webgpu", device: "webgpu", signal }, open), { message: /no room/ });
  assert.deepEqual(opened.splice(0), ["webgpu"]);
  await assert.rejects(
    openOnDevice({ wanted: "auto", device: "cuda", signal }, (device) => Promise.reject(new Error(`not on ${device}`))),
    { message: "not on cpu" },
  );
  const given = AbortSignal.abort(new Error("given up"));
  await assert.rejects(openOnDevice({ wanted: "auto", device: "cuda", signal: given }, open), { message: "given up" });
  assert.deepEqual(opened, ["cuda"], "nothing is begun for nobody");
});
