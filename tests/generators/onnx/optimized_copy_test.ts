import assert from "node:assert/strict";
import { join } from "node:path";
import { threadsFor } from "../../../lib/generators/onnx/native/open_native.ts";
import { copyFolder, dropCopy, findCopy, placeCopy } from "../../../lib/generators/onnx/native/optimized_copy.ts";
import { weightFiles } from "../../../lib/generators/onnx/native/weight_files.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { withExternal } from "../../rig/onnx_bytes.ts";
import { until } from "../../rig/until.ts";
import { collect, CONTEXT, ENDLESS, fixturePath, idsOf } from "./tiny_models.ts";

/** The least size of a model that is worth a copy, and one byte less. */
const WORTH_IT = 64 * 2 ** 20;

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
}

/** As a graph of that name without weights elsewhere. */
async function find(model: string, options: { readonly cacheDir: string; readonly version: string }) {
  return await findCopy(model, await weightFiles(model, { external: [] }), options);
}

async function write(copyPath: string, content: string): Promise<string> {
  const folder = await copyFolder(copyPath);
  await Deno.writeTextFile(join(folder, "model.onnx"), content);
  return folder;
}

Deno.test("a model has one copy for this machine, which follows its content and its runtime", async () => {
  const root = await Deno.makeTempDir();
  try {
    const model = join(root, "model.onnx"), cacheDir = join(root, "cache");
    await Deno.writeTextFile(model, "");
    await Deno.truncate(model, WORTH_IT - 1);
    assert.equal(await find(model, { cacheDir, version: "1" }), undefined, "a small one needs none");

    await Deno.truncate(model, WORTH_IT);
    const first = await find(model, { cacheDir, version: "1" });
    assert.ok(first !== undefined && !first.exists);
    await placeCopy(await write(first.path, "first"), first.path);
    assert.deepEqual(await find(model, { cacheDir, version: "1" }), { path: first.path, exists: true });

    // Another process was quicker: its copy stays, ours goes.
    await placeCopy(await write(first.path, "second"), first.path);
    assert.equal(await Deno.readTextFile(first.path), "first");

    const newer = await find(model, { cacheDir, version: "2" });
    assert.ok(newer !== undefined && !newer.exists, "another runtime has another copy");
    await placeCopy(await write(newer.path, "newer"), newer.path);

    await Deno.truncate(model, WORTH_IT + 1);
    const changed = await find(model, { cacheDir, version: "1" });
    assert.ok(changed !== undefined && !changed.exists, "a changed model has another copy");
    await placeCopy(await write(changed.path, "changed"), changed.path);
    assert.equal(await Deno.readTextFile(newer.path), "newer", "another runtime's copy stays");
    await assert.rejects(Deno.stat(first.path), Deno.errors.NotFound, "the copy of what the model was is gone");

    await dropCopy(changed.path);
    assert.equal((await find(model, { cacheDir, version: "1" }))?.exists, false);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("what a process left half-written is removed by a later one, and not by one beside it", async () => {
  const root = await Deno.makeTempDir();
  try {
    const copyPath = join(root, "machine-content", "model.onnx");
    const abandoned = await copyFolder(copyPath), beside = await copyFolder(copyPath);
    const longAgo = new Date(Date.now() - 2 * 60 * 60_000);
    await Deno.utime(abandoned, longAgo, longAgo);
    const own = await copyFolder(copyPath);
    assert.deepEqual(await namesIn(root), [beside, own].map((path) => path.slice(root.length + 1)).toSorted());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("weights beside the graph count as those in it, each file once: for threads, and for the copy", async () => {
  const root = await Deno.makeTempDir();
  try {
    const model = join(root, "model.onnx"),
      data = join(root, "model.onnx_data"),
      options = { cacheDir: root, version: "1" };
    await Deno.writeTextFile(model, "graph");
    await Deno.writeTextFile(data, "");
    await Deno.truncate(data, WORTH_IT);
    const external = ["a", "b"].map((tensor) => ({ tensor, location: "model.onnx_data", endByte: WORTH_IT }));
    const weights = await weightFiles(model, { external });
    assert.equal(weights.sizeBytes, 5 + WORTH_IT);
    assert.deepEqual([threadsFor(0, weights), threadsFor(3, weights)], [0, 3]);
    const alone = await weightFiles(model, { external: [] });
    assert.deepEqual([threadsFor(0, alone), threadsFor(3, alone)], [1, 3]);
    const first = await findCopy(model, weights, options) ?? assert.fail();
    await Deno.utime(data, 1, 1);
    const changed = await findCopy(model, await weightFiles(model, { external }), options) ?? assert.fail();
    assert.notEqual(changed.path, first.path, "other weights beside the graph have another copy");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a model with its weights beside it is kept as a copy, which gives the same tokens, unless no copy is wanted", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir()),
    folder = join(root, "model"),
    cacheDir = join(root, "cache");
  const from = fixturePath("tiny_llama");
  await Deno.mkdir(join(folder, "onnx"), { recursive: true });
  for (const file of ["config", "generation_config", "tokenizer", "tokenizer_config"]) {
    await Deno.copyFile(`${from}/${file}.json`, `${folder}/${file}.json`);
  }
  const outside = { location: "model.onnx_data", elements: WORTH_IT / 4, length: WORTH_IT };
  await Deno.writeFile(
    `${folder}/onnx/model.onnx`,
    withExternal(await Deno.readFile(`${from}/onnx/model.onnx`), outside),
  );
  await Deno.writeFile(`${folder}/onnx/model.onnx_data`, new Uint8Array());
  await Deno.truncate(`${folder}/onnx/model.onnx_data`, WORTH_IT);
  const run = async (isKept: "0" | "1", wait?: () => Promise<void>) => {
    const env = (name: string) => name === "VISUALLM_OPTIMIZED_COPY" ? isKept : undefined;
    const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, cacheDir, env });
    try {
      const params = { ...ENDLESS, maxTokens: 8 };
      const ids = idsOf(await collect(generator.generate({ prompt: "The gulls", params, top: 1 })));
      await wait?.();
      return ids;
    } finally {
      await generator.close();
    }
  };
  try {
    const without = await run("0");
    await assert.rejects(Deno.stat(join(cacheDir, "optimized")), Deno.errors.NotFound, "nothing was written");
    const isKept = async () => (await copiesIn(join(cacheDir, "optimized"))).length === 1;
    assert.deepEqual(await run("1", () => until("the copy is kept", isKept)), without);
    assert.deepEqual(await run("1"), without);
    assert.ok(await isKept());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Finished copies: model/machine-content/model.onnx. */
async function copiesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  try {
    for await (const { name: model } of Deno.readDir(folder)) {
      for (const name of await namesIn(join(folder, model))) if (!name.startsWith("writing-")) found.push(name);
    }
  } catch (error) {
    // Nothing is there yet, or what was being written has its name by now.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
