/** Graphs that give whole new caches: rows of different lengths in one pass, where that gives the same numbers. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { Engine } from "../../../lib/generators/onnx/engine.ts";
import { onnx, type OnnxOptions } from "../../../lib/generators/onnx/onnx.ts";
import {
  collect,
  CONTEXT,
  ENDLESS,
  fixturePath,
  furthest,
  readGolden,
  stepsOf,
  topAfter,
  withEngine,
  withOpened,
} from "./tiny_models.ts";

const TOLERANCE = 1e-4;

async function run(engine: Engine, prompt: string, seed: number, maxTokens: number) {
  const request = { prompt, params: { ...ENDLESS, seed, maxTokens }, top: 1 };
  const id = await engine.ask({ type: "generate", request });
  const steps: { readonly id: number; readonly logprob: number }[] = [];
  for (let events; (events = await engine.ask({ type: "pull", run: id })).length > 0;) {
    for (const event of events) {
      if (event.type === "step") steps.push({ id: event.token.id, logprob: event.logprob ?? NaN });
    }
  }
  return steps;
}

for (const model of ["tiny_gpt2", "tiny_llama"] as const) {
  Deno.test(`${model}: runs of different lengths share their passes, to the numbers that each has alone`, async () => {
    await withEngine(model, 2 ** 26, async (engine) => {
      const runs = Array.from(
        { length: 8 },
        (_, index) => ["The " + "gulls ".repeat(index * 3), index, 16 + index] as const,
      );
      const alone: Awaited<ReturnType<typeof run>>[] = [];
      for (const [prompt, seed, maxTokens] of runs) alone.push(await run(engine, prompt, seed, maxTokens));
      const passes = async () => (await engine.ask({ type: "stats" })).passes;
      const before = await passes();
      const together = await Promise.all(runs.map(([prompt, seed, maxTokens]) => run(engine, prompt, seed, maxTokens)));
      const taken = await passes() - before;
      for (const [index, steps] of together.entries()) {
        assert.deepEqual(steps.map(({ id }) => id), alone[index]?.map(({ id }) => id), `run ${index}`);
        const logprobs = (of: typeof steps) => of.map(({ logprob }) => logprob);
        assert.ok(furthest(logprobs(steps), logprobs(alone[index] ?? [])) < TOLERANCE, `run ${index}`);
      }
      const steps = alone.flat().length;
      assert.ok(taken < steps / 3, `${taken} passes for ${steps} tokens`);
    }, "native");
  });

  Deno.test(`${model}: prompts of different lengths share the pass over their last tokens, and get PyTorch's distributions`, async () => {
    await withOpened(fixturePath(model), "native", async (opened) => {
      const cases = readGolden(model);
      // What stands before the last tokens is known first, so that these go side by side.
      for (const { ids } of cases) await topAfter(opened, ids.slice(0, -1));
      const before = opened.passes;
      const tops = await Promise.all(cases.map(({ ids }) => topAfter(opened, ids)));
      assert.equal(opened.passes - before, 1);
      for (const [index, { top10, ids }] of cases.entries()) {
        const top = tops[index] ?? [];
        assert.deepEqual(top.map(({ token }) => token.id), top10.ids, `${ids.length} tokens`);
        assert.ok(furthest(top.map(({ logprob }) => logprob), top10.logprobs) < TOLERANCE, `${ids.length} tokens`);
      }
    });
  });
}

/** The tiny GPT-2, whose mask hides nothing: what it adds to what is masked is 0. */
async function unmasked(): Promise<string> {
  const folder = `${await Deno.realPath(await Deno.makeTempDir())}/unmasked`, from = fixturePath("tiny_gpt2");
  await Deno.mkdir(`${folder}/onnx`, { recursive: true });
  for (const file of ["config", "generation_config", "tokenizer", "tokenizer_config"]) {
    await Deno.copyFile(`${from}/${file}.json`, `${folder}/${file}.json`);
  }
  const bytes = await Deno.readFile(`${from}/onnx/model.onnx`);
  const hidden = new Uint8Array(Float32Array.of(-1e9).buffer);
  const at = bytes.findIndex((_, index) => hidden.every((byte, place) => bytes[index + place] === byte));
  assert.ok(at > 0);
  bytes.fill(0, at, at + hidden.length);
  await Deno.writeFile(`${folder}/onnx/model.onnx`, bytes);
  return folder;
}

Deno.test("a graph that does not heed its mask takes one row a pass, and the app says so", async () => {
  const folder = await unmasked();
  const generator = await onnx(`file://${folder}`).open(CONTEXT);
  try {
    assert.deepEqual(generator.facts.notes, [
      "runs take their passes one after the other: rows side by side do not give what each gives alone",
    ]);
    const params = { ...ENDLESS, maxTokens: 4 };
    const runs = ["The", "The gulls and"].map((prompt) => collect(generator.generate({ prompt, params, top: 1 })));
    for (const events of await Promise.all(runs)) assert.equal(stepsOf(events).length, 4);
  } finally {
    await generator.close();
    await Deno.remove(dirname(folder), { recursive: true });
  }
});

Deno.test("what a trial of rows side by side has got wrong is no part of what a prompt is given", async () => {
  const folder = await unmasked();
  // Its first two ids are those of the trial: 0 and 1.
  const step = { prompt: "<|endoftext|>!", path: [], params: ENDLESS, offset: 0, limit: 10 };
  const answer = async (options: OnnxOptions) => {
    const generator = await onnx(`file://${folder}`, options).open(CONTEXT);
    try {
      const next = await generator.next?.(step) ?? assert.fail();
      assert.deepEqual(next.prompt?.map(({ id }) => id), [0, 1]);
      return next.step.top.slice(0, 10);
    } finally {
      await generator.close();
    }
  };
  try {
    // Without room nothing is tried.
    const wanted = await answer({ kvMegabytes: 0 }), got = await answer({});
    assert.deepEqual(got.map(({ token }) => token.id), wanted.map(({ token }) => token.id));
    const logprobs = (of: typeof got) => of.map(({ logprob }) => logprob);
    assert.ok(furthest(logprobs(got), logprobs(wanted)) < TOLERANCE);
  } finally {
    await Deno.remove(dirname(folder), { recursive: true });
  }
});

Deno.test("without room for more, rows go one after the other, and the app says so", async () => {
  const generator = await onnx("fixtures/tiny_gpt2", { kvMegabytes: 0 }).open(CONTEXT);
  try {
    assert.match(generator.facts.notes?.join() ?? "", /one after the other: the bound on keys and values/);
  } finally {
    await generator.close();
  }
});
