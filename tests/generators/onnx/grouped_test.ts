/** Fewer heads of keys and values than of queries, positions rotated in the attention's node, and no `position_ids`. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { readGraphFile } from "../../../lib/generators/onnx/graph_file.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import {
  collect,
  CONTEXT,
  ENDLESS,
  fixturePath,
  furthest,
  type GoldenPrefix,
  idsOf,
  readPrefixes,
  stepsOf,
  withEngine,
} from "./tiny_models.ts";

const TOLERANCE = 1e-4;

const GOLDEN = readPrefixes("golden_tiny_llama_gqa_prefixes.json");

/** The prompt of every path: its tokenizer begins each text with the token that every golden prefix begins with. */
const PROMPT = "";

async function withGrouped(driver: string, kvMegabytes: number, run: (generator: Generator) => Promise<void>) {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
  const generator = await onnx("fixtures/tiny_llama_gqa", { kvMegabytes }).open({ ...CONTEXT, env });
  try {
    await run(generator);
  } finally {
    await generator.close();
  }
}

function distance(
  { ids, top, logprobs }: GoldenPrefix,
  step: { readonly top: ReturnType<typeof stepsOf>[number]["top"] },
) {
  const shown = step.top.filter(({ rank }) => rank <= 10);
  assert.deepEqual(shown.map(({ token }) => token.id), top, `after ${ids.length} tokens`);
  return furthest(shown.map(({ logprob }) => logprob), logprobs);
}

/** Read as a whole, or from where others have been. */
async function read(generator: Generator, golden: GoldenPrefix): Promise<number> {
  const request = { prompt: PROMPT, path: golden.ids.slice(1), params: ENDLESS, offset: 0, limit: 10 };
  const next = await generator.next?.(request);
  assert.ok(next !== undefined);
  return distance(golden, next.step);
}

/** Token by token. */
async function walked(generator: Generator, golden: GoldenPrefix): Promise<number> {
  const path = golden.ids.slice(1), params = { ...ENDLESS, maxTokens: path.length + 1 };
  const steps = stepsOf(await collect(generator.generate({ prompt: PROMPT, path, params, top: 10 })));
  assert.equal(steps.length, golden.ids.length);
  return distance(golden, steps.at(-1) ?? { top: [] });
}

Deno.test("the fixture is what it is for: grouped heads in one node, and no positions", () => {
  const graph = readGraphFile(`${fixturePath("tiny_llama_gqa")}/onnx/model.onnx`);
  assert.ok(graph.operators.has("GroupQueryAttention") && !graph.inputs.includes("position_ids"));
  assert.equal(GOLDEN.length, 32);
});

for (const driver of ["native", "binding"]) {
  Deno.test(`grouped heads, ${driver}: PyTorch's distributions whole, on branches, token by token, and side by side`, async () => {
    const found = { whole: 0, back: 0, walked: 0, together: 0 };
    await withGrouped(driver, 64, async (generator) => {
      assert.equal(generator.facts.driver, driver);
      // Each family's stem comes first, and its branches find it.
      for (const golden of GOLDEN) found.whole = Math.max(found.whole, await read(generator, golden));
      const back = GOLDEN.toReversed().filter((_, index) => index % 2 === 0);
      for (const golden of back) found.back = Math.max(found.back, await walked(generator, golden));
    });
    await withGrouped(driver, 64, async (generator) => {
      const short = GOLDEN.filter(({ ids }) => ids.length < 210);
      found.walked = Math.max(...await Promise.all(short.slice(0, 12).map((golden) => walked(generator, golden))));
      found.together = Math.max(...await Promise.all(GOLDEN.map((golden) => read(generator, golden))));
    });
    console.log(
      `${driver}: ${Object.entries(found).map(([name, value]) => `${name} ${value.toExponential(1)}`).join(", ")}`,
    );
    for (const [name, value] of Object.entries(found)) assert.ok(value < TOLERANCE, `${name}: ${value}`);
  });

  Deno.test(`grouped heads, ${driver}: what was dropped for want of room is computed to the same numbers`, async () => {
    // A megabyte holds the longest of them, and not all of any two families.
    await withGrouped(driver, 1, async (generator) => {
      let furthest = 0;
      for (const golden of GOLDEN) furthest = Math.max(furthest, await read(generator, golden));
      for (const golden of GOLDEN.toReversed()) furthest = Math.max(furthest, await walked(generator, golden));
      assert.ok(furthest < TOLERANCE, `${furthest}`);
    });
  });
}

Deno.test("grouped heads, native: runs at once share their passes, to the ids that each has alone", async () => {
  await withEngine("tiny_llama_gqa", 2 ** 26, async (engine) => {
    const idsOfRun = async (seed: number, maxTokens: number) => {
      const request = { prompt: `The ${seed}`, params: { ...ENDLESS, seed, maxTokens }, top: 1 };
      const run = await engine.ask({ type: "generate", request });
      const ids: number[] = [];
      for (let events; (events = await engine.ask({ type: "pull", run })).length > 0;) {
        ids.push(...events.flatMap((event) => event.type === "step" ? [event.token.id] : []));
      }
      return ids;
    };
    const runs = Array.from({ length: 8 }, (_, index) => [index, 20 + index] as const);
    const alone: number[][] = [];
    for (const [seed, maxTokens] of runs) alone.push(await idsOfRun(seed, maxTokens));
    const passes = async () => (await engine.ask({ type: "stats" })).passes;
    const before = await passes();
    assert.deepEqual(await Promise.all(runs.map(([seed, maxTokens]) => idsOfRun(seed, maxTokens))), alone);
    const taken = await passes() - before, steps = alone.flat().length;
    assert.ok(taken < steps / 3, `${taken} passes for ${steps} tokens`);
  });
});

Deno.test("grouped heads, native: runs that find what another one has just computed read it before it is written over", async () => {
  await withGrouped("native", 64, async (generator) => {
    const params = { ...ENDLESS, maxTokens: 12 };
    const run = async (seed: number) =>
      idsOf(await collect(generator.generate({ prompt: "The gulls", params: { ...params, seed }, top: 1 })));
    const seeds = [1, 2, 3, 4, 5, 6];
    // All at once first: the prompt's logits are computed for one of them, and found by the others.
    const together = await Promise.all(seeds.map(run));
    const alone: (readonly number[])[] = [];
    for (const seed of seeds) alone.push(await run(seed));
    assert.deepEqual(together, alone);
  });
});
