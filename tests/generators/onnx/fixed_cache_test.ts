/** Graphs whose caches have a fixed size, without GroupQueryAttention: tools/demo_model/fixtures_fixed.py makes them. */
import assert from "node:assert/strict";
import { readGraphFile } from "../../../lib/generators/onnx/graph_file.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { checkFixedCache } from "../../../lib/generators/onnx/trials.ts";
import { CONTEXT, copyModel, fixturePath, furthest, readGolden, withOpened } from "./tiny_models.ts";

const NAME = "tiny_llama_fixed";
const TOLERANCE = 1e-4;

/** Of the fixture: keys and values of two layers, `[heads, positions, width]`, and the logits, in bytes. */
const SLOT_BYTES = 4 * (2 * 2 * 2 * 256 * 8 + 320);

Deno.test("the fixture is what it is for: rows are scattered into the cache, not joined to it", () => {
  const { operators } = readGraphFile(`${fixturePath(NAME)}/onnx/model.onnx`);
  assert.ok(operators.has("ScatterElements") && !operators.has("GroupQueryAttention"));
});

Deno.test("past and present share one buffer: prefixes take their lanes' memory, beside what was emptied last", async () => {
  await withOpened(fixturePath(NAME), "native", async (model) => {
    for (const { ids } of readGolden(NAME)) await model.logits(ids);
    const { size, bytes } = model.cache;
    assert.ok(size > 1 && bytes <= (size + 1) * SLOT_BYTES, `${bytes} bytes of ${size} prefixes`);
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
      for (const { text, completion_ids, completion_logprobs } of readGolden(NAME)) {
        const scored = await generator.score?.({ prompt: text, completion: completion_ids, top: 1 }) ?? [];
        const distance = furthest(scored.map(({ logprob }) => logprob), completion_logprobs);
        assert.ok(distance < TOLERANCE, `scores after ${text}: ${distance}`);
      }
    } finally {
      await generator.close();
      await Deno.remove(root, { recursive: true });
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

Deno.test("a graph that gives a token alone other logits than with those before it in one pass is refused by name", () => {
  const [steps, whole, other] = [[1, 2], [1, 2.1], [0, 0]].map((logits) => Float32Array.from(logits));
  assert.ok(steps !== undefined && whole !== undefined && other !== undefined);
  assert.throws(() => checkFixedCache([steps, whole, other]), { message: /a token alone does not find there/ });
  checkFixedCache([steps, steps, other]);
});
