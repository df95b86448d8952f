import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { HostMemory } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { InPlacePasses } from "../../../lib/generators/onnx/native/in_place_passes.ts";
import { OrtLibrary } from "../../../lib/generators/onnx/native/library.ts";
import { openQuickly } from "../../../lib/generators/onnx/native/quick_session.ts";
import { FLOAT, NativeSession } from "../../../lib/generators/onnx/native/session.ts";
import { libraryPath } from "../../../lib/generators/onnx/runtime_files.ts";
import { until } from "../../rig/until.ts";

const DEMO = new URL("../../../models/demo/onnx/model.onnx", import.meta.url).pathname;
const IDS = Array.from({ length: 40 }, (_, index) => (index * 37) % 250 + 1);
const TOLERANCE = 1e-4;
const library = OrtLibrary.open(libraryPath());
const signal = new AbortController().signal;

function passesOf(session: NativeSession): InPlacePasses {
  const past = session.inputs.find(({ name }) => name.startsWith("past_key_values."));
  return new InPlacePasses({
    library,
    session,
    kvHeads: past?.dims[1] ?? 0,
    headWidth: past?.dims[3] ?? 0,
    window: 256,
    vocabularySize: session.outputs.find(({ name }) => name === "logits")?.dims[2] ?? 0,
    kvBytes: 2 ** 26,
    memory: new HostMemory(),
    logitsType: FLOAT,
    isGrouped: true,
    readsLong: true,
  });
}

async function withCopy(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const copyPath = join(folder, "model.onnx");
    (await NativeSession.open(library, DEMO, { threads: 1, copyPath })).close();
    await work(copyPath);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a copy that is opened quickly gives the model's logits, before and after its packed session follows", async () => {
  const model = passesOf(await NativeSession.open(library, DEMO, { threads: 1 }));
  const whole = model.extend(model.cache.holding(undefined, 0, 64), IDS, "all").map((row) => row.slice());
  await withCopy(async (path) => {
    const { session, follow, letGo } = await openQuickly(library, path, { threads: 1 }, signal);
    const first = session.pointer, passes = passesOf(session), slot = passes.cache.holding(undefined, 0, 64);
    const told: Float32Array[] = [];
    const tell = (rows: readonly Float32Array[]) => void told.push(...rows.map((row) => row.slice()));
    tell(passes.extend(slot, IDS.slice(0, 20), "last"));
    // A step is a prepared call: the one that is made for the first session is the second one's too.
    tell(passes.extendEach([slot], IDS.slice(20, 21)));
    follow();
    await until("the packed session follows", () => session.pointer !== first);
    for (const id of IDS.slice(21)) tell(passes.extendEach([slot], [id]));
    for (const [index, row] of told.entries()) {
      const wanted = whole[19 + index] ?? [];
      assert.ok(row.length === wanted.length && row.length > 250);
      const furthest = row.reduce((most, logit, id) => Math.max(most, Math.abs(logit - (wanted[id] ?? NaN))), 0);
      assert.ok(furthest < TOLERANCE, `after ${20 + index} tokens: off by ${furthest}`);
    }
    await letGo();
    session.close();
  });
});

Deno.test("a copy may be let go of while its packed session is being opened", async () => {
  await withCopy(async (path) => {
    const { session, follow, letGo } = await openQuickly(library, path, { threads: 1 }, signal);
    follow();
    await letGo();
    session.close();
  });
});

/** Its output is a sequence of what it is given. */
const SEQUENCE = "CAg6PgoZCgF4EgFzIhFTZXF1ZW5jZUNvbnN0cnVjdBIBZ1oPCgF4EgoKCAgBEgQKAggBYg0KAXMSCCIGCgQKAggBQgQKABAR";

Deno.test("a graph with something that is no tensor is refused by its name", () => {
  const graph = Uint8Array.from(atob(SEQUENCE), (character) => character.charCodeAt(0));
  assert.throws(() => NativeSession.ofBytes(OrtLibrary.open(libraryPath()), graph, { threads: 1 }), {
    name: "TypeError",
    message: `its graph has "s", which is no tensor`,
  });
});
