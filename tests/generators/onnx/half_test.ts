/** Graphs in half precision: tools/demo_model/half.py makes them of the exact ones. */
import assert from "node:assert/strict";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { CONTEXT, furthest, readGolden } from "./tiny_models.ts";

/** What eleven bits of a number cost logprobs, in nats; a layer taken for another moves them by whole nats. */
const TOLERANCE = 0.02;

// Two write keys and values in place, the third gives a whole new cache at each step.
for (const name of ["tiny_llama_gqa", "tiny_llama_fixed", "tiny_gpt2"] as const) {
  Deno.test(`${name}: in half precision, scores are near PyTorch's in single precision`, async () => {
    const generator = await onnx(`fixtures/${name}`, { precision: "fp16" }).open(CONTEXT);
    try {
      assert.deepEqual([generator.facts.precision, generator.facts.driver], ["fp16", "native"]);
      const cases = readGolden(name);
      // The second time begins at what the first has left in the cache.
      for (const { text, completion_ids, completion_logprobs } of [...cases, ...cases.toReversed()]) {
        const scored = await generator.score?.({ prompt: text, completion: completion_ids, top: 1 }) ?? [];
        const off = furthest(scored.map(({ logprob }) => logprob), completion_logprobs);
        assert.ok(off < TOLERANCE, `scores after ${text}: ${off}`);
        assert.ok(off > 0, "a graph in half precision does not give the exact numbers");
      }
    } finally {
      await generator.close();
    }
  });
}

Deno.test("the portable driver refuses keys and values in half precision by name", async () => {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? "binding" : undefined;
  await assert.rejects(onnx("fixtures/tiny_gpt2", { precision: "fp16" }).open({ ...CONTEXT, env }), {
    message: /keys and values are in half precision, which only the native driver can pass on$/,
  });
});
