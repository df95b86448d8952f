/** A device's memory is tried on this machine's processor, whose sessions allocate by the same calls as a GPU's. */
import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import { DeviceMemory } from "../../../lib/generators/onnx/native/device_memory.ts";
import { GrowingPasses } from "../../../lib/generators/onnx/native/growing_passes.ts";
import { InPlacePasses } from "../../../lib/generators/onnx/native/in_place_passes.ts";
import { HostMemory, type KvMemory } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { OrtLibrary } from "../../../lib/generators/onnx/native/library.ts";
import type { Passes } from "../../../lib/generators/onnx/native/passes.ts";
import { FLOAT, NativeSession, NativeTensor } from "../../../lib/generators/onnx/native/session.ts";
import { libraryPath } from "../../../lib/generators/onnx/runtime_files.ts";

const DEMO = new URL("../../../models/demo/onnx/model.onnx", import.meta.url).pathname;
const TINY = new URL("../../fixtures/tiny_gpt2/onnx/model.onnx", import.meta.url).pathname;
const TOLERANCE = 1e-5;
const library = OrtLibrary.open(libraryPath());
const session = await NativeSession.open(library, DEMO, { threads: 1 });
const device = new DeviceMemory(library, session, { device: "cpu", elementType: FLOAT });

Deno.test("rows are copied from stride to stride, and what follows them is zero", () => {
  const source = device.plane(2 * 3 * 2), target = device.plane(1 + 2 * 4 * 2);
  // Two heads with three rows of two numbers each.
  const numbers = new NativeTensor(library, Float32Array.from({ length: 12 }, (_, index) => index + 1), [2, 3, 2]);
  const written = source.tensor(library, 0, [2, 3, 2]);
  device.copy(numbers, written, 3, 0);
  const rows = { heads: 2, width: 2, length: 2, from: { start: 0, stride: 3 }, to: { start: 1, stride: 4 } };
  target.copyFrom(source, rows);
  assert.deepEqual(read(target, 17), [0, 1, 2, 3, 4, 0, 0, 0, 0, 7, 8, 9, 10, 0, 0, 0, 0]);
  for (const value of [numbers, written, source, target]) value.release();
});

function read(plane: ReturnType<DeviceMemory["plane"]>, elements: number): readonly number[] {
  const shown = new Float32Array(elements);
  const from = plane.tensor(library, 0, [1, elements, 1]), to = new NativeTensor(library, shown, [1, elements, 1]);
  device.copy(from, to, elements, 0);
  for (const value of [from, to]) value.release();
  return [...shown];
}

/** Reads, branches, grows and steps together; all logits that were given are told. */
function walk(passes: Passes): readonly Float32Array[] {
  const { cache } = passes, told: Float32Array[] = [];
  const ids = Array.from({ length: 200 }, (_, index) => (index * 37) % 250 + 1);
  const tell = (rows: readonly Float32Array[]) => void told.push(...rows.map((row) => row.slice()));
  const trunk = cache.holding(undefined, 0, 100);
  tell(passes.extend(trunk, ids.slice(0, 60), "last"));
  trunk.isHeld = true;
  const branch = cache.holding(trunk, 40, 50);
  tell(passes.extend(branch, ids.slice(100, 110), "last"));
  branch.isHeld = true;
  tell(passes.extendEach([trunk, branch], [7, 9]));
  trunk.isHeld = branch.isHeld = false;
  const cut = cache.holding(branch, 30, 160, 64);
  tell(passes.extend(cut, ids.slice(0, 60), "last"));
  tell(passes.extend(cut, ids.slice(60, 100), "all"));
  return told;
}

for (
  const [what, graph, Kind] of [
    ["a graph that writes in place", session, InPlacePasses],
    ["a graph that gives whole new caches", await NativeSession.open(library, TINY, { threads: 1 }), GrowingPasses],
  ] as const
) {
  Deno.test(`${what}: logits are the same to 1e-5 whether keys and values lie in a device's memory or in ours`, () => {
    const past = graph.inputs.find(({ name }) => name.startsWith("past_key_values."));
    const walkIn = (memory: KvMemory) =>
      walk(
        new Kind({
          library,
          session: graph,
          kvHeads: past?.dims[1] ?? 0,
          headWidth: past?.dims[3] ?? 0,
          window: 256,
          vocabularySize: graph.outputs.find(({ name }) => name === "logits")?.dims[2] ?? 0,
          kvBytes: 2 ** 28,
          memory,
          logitsType: FLOAT,
          isGrouped: true,
          readsLong: true,
        }),
      );
    const ours = walkIn(new HostMemory()), others = walkIn(device);
    assert.equal(ours.length, 45);
    assert.ok(ours.every((row) => row.length > 250 && row.every(Number.isFinite)));
    // Subtle: a kernel rounds by how its memory is aligned and padded, so that the last bits may differ.
    for (const [index, row] of ours.entries()) {
      const furthest = row.reduce(
        (most, logit, id) => Math.max(most, Math.abs(logit - (others[index]?.[id] ?? NaN))),
        0,
      );
      assert.ok(furthest < TOLERANCE, `row ${index} is off by ${furthest}`);
    }
  });
}
