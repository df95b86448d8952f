/** Graphs whose caches have a fixed size, without GroupQueryAttention: tools/demo_model/fixtures_fixed.py makes them. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { checkFixedCache, checkFixedDevice } from "../../../lib/generators/onnx/fixed_cache.ts";
import { readGraphFile } from "../../../lib/generators/onnx/graph_file.ts";
import { HostPlane, type KvPlane } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { CONTEXT, copyModel, fixturePath, furthest, type GoldenCase, readGolden, withOpened } from "./tiny_models.ts";

const NAME = "tiny_llama_fixed";
const TOLERANCE = 1e-4;

/** Holds the scores of golden completions against PyTorch's. */
async function assertScores(generator: Generator, golden: readonly GoldenCase[]): Promise<void> {
  for (const { text, completion_ids, completion_logprobs } of golden) {
    const scored = await generator.score?.({ prompt: text, completion: completion_ids, top: 1 }) ?? [];
    const distance = furthest(scored.map(({ logprob }) => logprob), completion_logprobs);
    assert.ok(distance < TOLERANCE, `scores after ${text}: ${distance}`);
  }
}

/** Of keys and values. */
const HEADS = 2, WIDTH = 8;

function numbersOf(plane: KvPlane): readonly number[] {
  assert.ok(plane instanceof HostPlane);
  return [...plane.data];
}

Deno.test("the fixture is what it is for: rows are scattered into the cache, not joined to it", () => {
  const { operators } = readGraphFile(`${fixturePath(NAME)}/onnx/model.onnx`);
  assert.ok(operators.has("ScatterElements") && !operators.has("GroupQueryAttention"));
});

Deno.test("past and present share one buffer: a pass writes its rows where the ones before it lie", async () => {
  await withOpened(fixturePath(NAME), "native", async (model) => {
    const [{ ids } = { ids: [] }] = readGolden(NAME);
    await model.logits(ids);
    assert.ok(model.cache instanceof KvSlots);
    const { slot } = model.cache.find(ids) ?? assert.fail();
    const { capacity, planes } = slot.block, before = planes.map(numbersOf);
    assert.deepEqual([slot.ids, capacity], [ids, 256]);
    await model.logits([...ids, 1]);
    assert.equal(slot.ids.length, ids.length + 1);
    for (const [index, plane] of planes.entries()) {
      const rows = numbersOf(plane).filter((number, place) => number !== before[index]?.[place]).length;
      assert.equal(rows, HEADS * WIDTH, "of each head the row of the new token, and nothing else");
    }
  });
});

Deno.test("prefixes of different lengths share the pass over their last tokens, and get PyTorch's logits", async () => {
  await withOpened(fixturePath(NAME), "native", async (model) => {
    const cases = readGolden(NAME);
    for (const { ids } of cases) await model.logits(ids.slice(0, -1));
    const before = model.passes;
    const found = await Promise.all(cases.map(({ ids }) => model.logits(ids).then((logits) => logits.slice(0, 20))));
    assert.equal(model.passes - before, 1);
    for (const [index, { text, last_logits }] of cases.entries()) {
      const distance = furthest([...found[index] ?? []], last_logits);
      assert.ok(distance < TOLERANCE, `after ${text}: ${distance}`);
    }
  });
});

for (const driver of ["native", "binding"]) {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;

  Deno.test(`${driver}: a window that is shorter than the config's is told`, async () => {
    const { root, folder } = await copyModel(NAME), config = `${folder}/config.json`;
    const text = await Deno.readTextFile(config);
    await Deno.writeTextFile(config, text.replace(`"max_position_embeddings": 256`, `"max_position_embeddings": 512`));
    const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, env });
    try {
      assert.equal(generator.facts.contextWindow, 256);
      assert.match(generator.facts.notes?.join() ?? "", /^its window ends at 256 of 512 tokens: .* fixed size/);
    } finally {
      await generator.close();
      await Deno.remove(root, { recursive: true });
    }
  });

  Deno.test(`${driver}: a graph that takes one token a pass scores as PyTorch does`, async () => {
    const { root, folder } = await copyModel(NAME);
    await Deno.copyFile(new URL("../../fixtures/one_token.onnx", import.meta.url), `${folder}/onnx/model.onnx`);
    const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, env });
    try {
      assert.match(generator.facts.notes?.join() ?? "", /^runs take their passes one after the other: /);
      await assertScores(generator, readGolden(NAME));
    } finally {
      await generator.close();
      await Deno.remove(root, { recursive: true });
    }
  });

  Deno.test(`${driver}: a graph whose attention is one node over a cache of a fixed size gets PyTorch's scores`, async () => {
    const { root, folder } = await copyModel("tiny_llama_gqa");
    await Deno.copyFile(new URL("../../fixtures/grouped_fixed.onnx", import.meta.url), `${folder}/onnx/model.onnx`);
    const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, env });
    try {
      assert.match(generator.facts.notes?.join() ?? "", /^its window ends at 256 of 8192 tokens/);
      await assertScores(generator, readGolden("tiny_llama_gqa"));
    } finally {
      await generator.close();
      await Deno.remove(root, { recursive: true });
    }
  });

  Deno.test(`${driver}: in eight bits, where passes round by all that they read, such a graph is opened too`, async () => {
    const generator = await onnx(`fixtures/${NAME}`, { precision: "q8" }).open({ ...CONTEXT, env });
    try {
      assert.equal(generator.facts.driver, driver);
      const [{ text, completion_ids, completion_logprobs } = assert.fail()] = readGolden(NAME);
      const scored = await generator.score?.({ prompt: text, completion: completion_ids, top: 1 }) ?? [];
      const distance = furthest(scored.map(({ logprob }) => logprob), completion_logprobs);
      console.log(`${driver}: ${distance.toFixed(2)} nats off; ${generator.facts.notes?.join()}`);
      assert.ok(distance > TOLERANCE && distance < 1, `${distance} nats`);
    } finally {
      await generator.close();
    }
  });

  Deno.test(`${driver}: a graph that does not find there what it was given before is refused by name`, async () => {
    const { root, folder } = await copyModel(NAME);
    try {
      await Deno.copyFile(new URL("../../fixtures/shifted_cache.onnx", import.meta.url), `${folder}/onnx/model.onnx`);
      await assert.rejects(onnx(`file://${folder}`).open({ ...CONTEXT, env }), {
        message:
          /its cache has a fixed size, but a token gets the same logits whatever was before it; expected new rows/,
      });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

/** Logits of three tokens. */
const row = (...logits: number[]) => Float32Array.from(logits);

Deno.test("rounding is told from a cache that is not found, by what another token before moves the logits by", () => {
  const steps = row(1, 2, -Infinity), other = row(3, 1, -Infinity);
  // A tenth of it is what half precision or eight bits may cost.
  checkFixedCache(steps, row(1, 2.2, -Infinity), other);
  assert.throws(() => checkFixedCache(steps, row(1, 3, -Infinity), other), { message: /a token alone does not find/ });
  assert.throws(() => checkFixedCache(steps, steps, steps), { message: /same logits whatever was before it/ });
  assert.throws(() => checkFixedCache(row(1, NaN, 0), steps, other), {
    name: "LogitsError",
    message: /1 of 3 are NaN/,
  });
});

Deno.test("on a device other than the processor such a graph is refused by name, unless its attention is one node", () => {
  for (const device of ["cuda", "webgpu"] as const) {
    assert.throws(() => checkFixedDevice(device, new Set(["MatMul"])), {
      message: `its caches have a fixed size; such a graph runs on cpu alone, not on ${device}, unless it has ` +
        "GroupQueryAttention",
    });
    checkFixedDevice(device, new Set(["GroupQueryAttention"]));
  }
  checkFixedDevice("cpu", new Set(["MatMul"]));
});
