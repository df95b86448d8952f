/** The precision that the screen names, and the numbers that it tells of the embedded model's int8 file. */
import "../../rig/quiet_runtime.ts";
import assert from "node:assert/strict";
import type { GraphFile } from "../../../lib/generators/onnx/graph_file.ts";
import { openNative } from "../../../lib/generators/onnx/native/open_native.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { comparisonNote, precisionName, readComparison } from "../../../lib/generators/onnx/precision.ts";
import { Tokenizer } from "../../../lib/generators/onnx/tokenizer.ts";
import type { Readiness } from "../../../lib/server/registry.ts";
import { rigApp } from "../../rig/rig_app.ts";
import { defineModule, generation, rows } from "../../../lib/mod.ts";
import { CONTEXT, readPrefixes } from "./tiny_models.ts";

const DEMO = new URL("models/demo", CONTEXT.rootUrl).pathname;
/** The file was measured by another release of the runtime, in Python. */
const TOLERANCE = 0.15;

/** Natural logprobs of all tokens after ids, by one of the embedded model's files, called without a thread of its own. */
async function openFile(file: string): Promise<(ids: readonly number[]) => Promise<readonly number[]>> {
  const tokenizer = new Tokenizer({
    vocabulary: new Map(),
    specialIds: new Set(),
    addedIds: new Set(),
    alphabet: "byte-level",
    encode: () => [],
    encodeContinuation: () => [],
  });
  const { model } = await openNative({
    path: `${DEMO}/onnx/${file}`,
    device: "cpu",
    vocabularySize: 2426,
    loadTokenizer: () => Promise.resolve(tokenizer),
    endIds: new Set(),
    contextWindow: 512,
    kvBytes: 0,
    threads: 1,
    cacheDir: CONTEXT.cacheDir,
    keepsOptimized: false,
    signal: new AbortController().signal,
  });
  return async (ids) => {
    const logits = Array.from(await model.logits(ids));
    const logSum = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - logSum);
  };
}

function near(found: number, told: number): boolean {
  return Math.abs(found - told) <= TOLERANCE * told;
}

Deno.test("int8 moves the embedded model's distributions as far as the screen says, over 200 prefixes", async () => {
  const told = await readComparison(DEMO, "q8");
  assert.ok(told !== undefined);
  const exact = await openFile("model.onnx"), rounded = await openFile("model_quantized.onnx");
  const prefixes = readPrefixes("golden_prefixes.json");
  let sum = 0, count = 0, most = 0, kl = 0, same = 0;
  for (const { ids, top } of prefixes) {
    const [wanted, found] = [await exact(ids), await rounded(ids)];
    assert.equal(found.length, 2426);
    for (const [id, logprob] of wanted.entries()) {
      const change = logprob - (found[id] ?? NaN);
      kl += Math.exp(logprob) * change;
      sum += Math.abs(change);
      most = Math.max(most, Math.abs(change));
      count++;
    }
    if (found.indexOf(Math.max(...found)) === top[0]) same++;
  }
  const measured = { mean: sum / count, most, kl: kl / prefixes.length, same };
  console.log(measured);
  assert.equal(told.prefixes, prefixes.length);
  assert.ok(near(measured.mean, told.meanLogprobChange), `mean ${measured.mean}`);
  assert.ok(near(measured.kl, told.meanKlNats), `KL ${measured.kl}`);
  assert.ok(near(measured.same, told.sameMostProbable), `the same ${same}`);
  // The largest of half a million is one token's, and moves with how the prefixes were read.
  assert.ok(measured.most < 2 * told.maxLogprobChange && measured.most > told.maxLogprobChange / 2, `most ${most}`);
});

Deno.test("the screen, wide and narrow, names precision, device, driver and measurement; /api/ready has the driver too", async () => {
  const module = defineModule({
    name: "m",
    generators: { small: onnx("models/demo", { precision: "q8" }) },
    tasks: { all: { dataset: { all: rows([{ text: "The" }]) }, prompt: ({ text }: { text: string }) => text } },
    components: [generation()],
  });
  const { fetch, registry } = await rigApp({ modules: [module] });
  try {
    await registry.generator("m", "small", "test");
    const page = await (await fetch("/m/generation")).text();
    const told = await readComparison(DEMO, "q8");
    assert.ok(told !== undefined && page.includes(comparisonNote(told)));
    const engine = "int8 · cpu · native \\(beside fp32, logprobs are 0\\.\\d+ nats off on average";
    assert.match(page, new RegExp(`<ul aria-label="Generators"[^>]*><li[^>]*>small · ${engine}`));
    assert.match(page, new RegExp(`<span class="[^"]*hidden[^"]*">${engine}`), "above the sample");
    const { generators } = await (await fetch("/api/ready")).json() as Readiness;
    assert.equal(generators[0]?.facts?.driver, "native");
  } finally {
    await registry.close();
  }
});

Deno.test("precisionName() goes by the graph, and by the file's name where the graph does not tell", () => {
  const graph: GraphFile = {
    inputs: [],
    outputs: [],
    operators: new Set(["MatMul"]),
    weightBits: new Set(),
    external: [],
  };
  const bits = (...weightBits: readonly number[]) => ({ ...graph, weightBits: new Set(weightBits) });
  assert.equal(precisionName(graph, "fp32"), "fp32");
  assert.equal(precisionName(graph, "fp16"), "fp16");
  assert.equal(precisionName(graph, "q4f16"), "4-bit");
  assert.equal(precisionName({ ...graph, operators: new Set(["MatMulInteger"]) }, "fp32"), "int8");
  assert.equal(precisionName(bits(4), "fp32"), "4-bit");
  assert.equal(precisionName(bits(8), "q4"), "int8");
  assert.equal(precisionName(bits(4, 8), "q4"), "4-bit, parts int8");
  assert.equal(precisionName(bits(8, 2, 4), "q4"), "2-bit, parts 4-bit and int8");
});

Deno.test("readComparison() names the file that it cannot use", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.equal(await readComparison(folder, "q8"), undefined);
    for (const text of ["{", '{"q8": {"prefixes": "many"}}']) {
      await Deno.writeTextFile(`${folder}/precision.json`, text);
      await assert.rejects(readComparison(folder, "q8"), {
        name: "SyntaxError",
        message: new RegExp(`Cannot use ${folder}/precision\\.json: expected a comparison`),
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
