import assert from "node:assert/strict";
import { join } from "node:path";
import { copyFolder, dropCopy, findCopy, placeCopy } from "../../../lib/generators/onnx/native/optimized_copy.ts";

/** The least size of a model that is worth a copy, and one byte less. */
const WORTH_IT = 64 * 2 ** 20;

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
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
    assert.equal(await findCopy(model, { cacheDir, version: "1" }), undefined, "a small one needs none");

    await Deno.truncate(model, WORTH_IT);
    const first = await findCopy(model, { cacheDir, version: "1" });
    assert.ok(first !== undefined && !first.exists);
    await placeCopy(await write(first.path, "first"), first.path);
    assert.deepEqual(await findCopy(model, { cacheDir, version: "1" }), { path: first.path, exists: true });

    // Another process was quicker: its copy stays, ours goes.
    await placeCopy(await write(first.path, "second"), first.path);
    assert.equal(await Deno.readTextFile(first.path), "first");

    const newer = await findCopy(model, { cacheDir, version: "2" });
    assert.ok(newer !== undefined && !newer.exists, "another runtime has another copy");
    await placeCopy(await write(newer.path, "newer"), newer.path);

    await Deno.truncate(model, WORTH_IT + 1);
    const changed = await findCopy(model, { cacheDir, version: "1" });
    assert.ok(changed !== undefined && !changed.exists, "a changed model has another copy");
    await placeCopy(await write(changed.path, "changed"), changed.path);
    assert.equal(await Deno.readTextFile(newer.path), "newer", "another runtime's copy stays");
    await assert.rejects(Deno.stat(first.path), Deno.errors.NotFound, "the copy of what the model was is gone");

    await dropCopy(changed.path);
    assert.equal((await findCopy(model, { cacheDir, version: "1" }))?.exists, false);
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
