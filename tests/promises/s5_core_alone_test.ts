/** S5: Without native packages and without any model the core installs and passes its tests, over loopback alone. */
import assert from "node:assert/strict";
import { cleanCopy } from "../rig/clean_copy.ts";
import { measured } from "../rig/measured.ts";
import { taskRights } from "../rig/start_app.ts";

const NATIVE = ["onnxruntime-node", "@huggingface/transformers", "@duckdb/node-api", "@duckdb/node-bindings"];
const CORE = [
  "tests/metrics",
  "tests/server",
  ...["decode", "eight_tokens", "evidence", "next", "prompt_lint", "sample"].map((name) => `tests/lm/${name}_test.ts`),
  ...["derived", "files", "jsonl", "query", "statistics"].map((name) => `tests/datasets/${name}_test.ts`),
  ...["chat", "generate", "next_token"].map((name) => `tests/routes/${name}_test.ts`),
];

Deno.test("S5: the core's tests in a copy whose import map names no native package", async () => {
  await using copy = await cleanCopy({ without: ["models"] });
  await copy.configure(({ imports }) => {
    for (const name of NATIVE) delete imports[name];
  });
  // Another set of packages is resolved anew, for which their descriptions are fetched unless the cache has them.
  const installed = await copy.install();
  assert.ok(installed.success, installed.output);
  const packages = await Array.fromAsync(Deno.readDir(new URL("node_modules/.deno/", copy.url)), ({ name }) => name);
  assert.deepEqual(packages.filter((name) => /onnxruntime|transformers|duckdb/.test(name)), []);
  const build = (await taskRights("build")).find((flag) => flag.startsWith("--allow-run=")) ?? assert.fail();
  const rights = ["--allow-net=127.0.0.1,localhost,[::1]", "--allow-read", "--allow-write", "--allow-env", build];
  // What tests give up they must have: those of the start's words on rights look at native code's too, and there is none.
  rights.push("--allow-sys", "--allow-ffi");
  const { success, output } = await copy.deno(
    "test",
    "--frozen",
    "--cached-only",
    "--no-check",
    "--no-prompt",
    ...rights,
    ...CORE,
  );
  assert.ok(success, output.slice(-6_000));
  const [, passed = "0", ignored] = /ok \| (\d+) passed[^|]*\| 0 failed(?: \| (\d+) ignored)?/.exec(output) ?? [];
  assert.ok(Number(passed) >= 100 && ignored === undefined, output.slice(-6_000));
  measured("S5", `${passed} tests passed without ${NATIVE.length} native packages, a model, or a network`);
});
