/** F13: The same seed, params and model give the same ids in every run, alone or among others, whatever is cached. */
import assert from "node:assert/strict";
import type { Generator } from "../../lib/generators/generator.ts";
import { onnx } from "../../lib/generators/onnx/onnx.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { measured } from "../rig/measured.ts";
import { rigModel } from "../rig/rig_module.ts";

const ROOT = new URL("../../", import.meta.url);
const MODELS = ["models/demo", "tests/fixtures/tiny_gpt2", "tests/fixtures/tiny_llama_gqa"];
/** Driver → runs of each model. */
const DRIVERS = { native: 100, binding: 20 } as const;
const STREAMS = 4, TOKENS = 24;
/** What float32 in another order of operations may cost, in nats. */
const TOLERANCE = 1e-4;

function open(model: string, driver: string, kvMegabytes: number): Promise<Generator> {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
  const context = { baseUrl: ROOT, rootUrl: ROOT, cacheDir: new URL(".cache", ROOT).pathname, env };
  return onnx(model, { kvMegabytes }).open(context);
}

async function run(generator: Generator, prompt: string, seed: number) {
  const params = { ...DEFAULT_PARAMS, seed, maxTokens: TOKENS, topP: 0.95, logitBias: { 0: -Infinity, 4: -Infinity } };
  const steps: Extract<GeneratorEvent, { type: "step" }>[] = [];
  for await (const event of generator.generate({ prompt, params, top: 1 })) {
    if (event.type === "step") steps.push(event);
  }
  return { ids: steps.map(({ token }) => token.id), logprobs: steps.map(({ logprob }) => logprob ?? NaN) };
}

/** Half of the runs one after the other, half four at once beside ones of other seeds; all like the first. */
async function repeated(generator: Generator, prompt: string, wanted: number) {
  const first = await run(generator, prompt, 7);
  assert.equal(first.ids.length, TOKENS);
  let runs = 1;
  for (; runs < wanted / 2; runs++) assert.deepEqual((await run(generator, prompt, 7)).ids, first.ids, `run ${runs}`);
  for (let round = 0; runs < wanted; round++) {
    // Of four at once, two and two are the same run; the others' seeds change, and so does who is in a pass with whom.
    const seeds = [7, 100 + round, 7, 200 + round].slice(0, STREAMS);
    const together = await Promise.all(seeds.map((seed) => run(generator, prompt, seed)));
    for (const [index, seed] of seeds.entries()) {
      if (seed !== 7) continue;
      assert.deepEqual(together[index]?.ids, first.ids, `run ${runs}, among others`);
      runs++;
    }
  }
  return { first, runs };
}

Deno.test("F13: of three models 100 runs by the native driver and 20 by the portable one, 100 of a table, 1 and 4 at once, with and without a cache", async () => {
  let runs = (await repeated(fromModel(rigModel, { device: "cpu" }), "abc", DRIVERS.native)).runs, furthest = 0;
  for (const model of MODELS) {
    for (const [driver, wanted] of Object.entries(DRIVERS)) {
      const cached = await open(model, driver, 64), prompt = "The gulls and";
      const { first, runs: own } = await repeated(cached, prompt, wanted);
      runs += own;
      await cached.close();
      const bare = await open(model, driver, 0);
      assert.deepEqual((await run(bare, prompt, 7)).ids, first.ids, `${model}, ${driver}, without a cache`);
      const scored = await bare.score?.({ prompt, completion: first.ids, top: 1 }) ?? [];
      assert.equal(scored.length, TOKENS);
      for (const [index, { logprob }] of scored.entries()) {
        furthest = Math.max(furthest, Math.abs(logprob - (first.logprobs[index] ?? NaN)));
      }
      await bare.close();
    }
  }
  assert.ok(furthest < TOLERANCE, `${furthest} nats`);
  const distance = furthest.toExponential(1);
  measured("F13", `${runs} runs with their first one's ids; logprobs with and without a cache ${distance} nats apart`);
});
