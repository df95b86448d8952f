/** An index under the rights that the tasks give: with native code where it is allowed, without it where it is not. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { taskFlags } from "../../rig/start_app.ts";

const ROOT = new URL("../../../", import.meta.url);
const PROGRAM = `
  import { jsonl } from "../lib/datasets/jsonl.ts";
  import { queryRows } from "../lib/datasets/query.ts";
  const context = { cacheDir: ".cache/rights-" + Deno.args[0], indexedFromBytes: 0 };
  const dataset = await jsonl("examples/alpaca/data/test.jsonl").open(new URL("../", import.meta.url), context);
  const { total } = await queryRows(dataset, { search: "THE", offset: 0, limit: 1 });
  console.log(JSON.stringify({ total, index: dataset.indexState?.().kind ?? "none" }));
  Deno.exit(0);
`;

async function run(task: string): Promise<{ readonly total: number; readonly index: string }> {
  const flags = await taskFlags(task);
  const path = new URL(`.tmp/rights_${task.replace(":", "_")}.ts`, ROOT);
  await Deno.mkdir(new URL(".", path), { recursive: true });
  await Deno.writeTextFile(path, PROGRAM);
  try {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, fileURLToPath(path), task.replace(":", "_")],
      cwd: ROOT,
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.match(text, /^\{/, new TextDecoder().decode(stderr));
    return JSON.parse(text);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("start's rights suffice for an index, and start:remote's give the same answer without one", async () => {
  const native = await run("start"), plain = await run("start:remote");
  await Deno.remove(new URL(".cache/rights-start", ROOT), { recursive: true });
  assert.equal(native.index, "ready");
  assert.equal(plain.index, "none");
  assert.ok(native.total > 10);
  assert.equal(native.total, plain.total);
});
