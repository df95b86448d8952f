/** What the next-token screen shows, against PyTorch: 200 prefixes of the embedded model, whatever came before. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { CONTEXT, furthest, type GoldenPrefix, readPrefixes } from "./tiny_models.ts";

const TOLERANCE = 1e-4;

/** The prompt of every path: one special token, whose ids the path goes on from. */
const PROMPT = "<|endoftext|>";

/** A distribution after exact ids; the first stands for the prompt's own. */
async function topAfter(generator: Generator, ids: readonly number[]) {
  assert.ok(generator.next !== undefined);
  const next = await generator.next({
    prompt: PROMPT,
    path: ids.slice(1),
    params: DEFAULT_PARAMS,
    offset: 0,
    limit: 10,
  });
  return next.step.top.filter(({ rank }) => rank <= 10);
}

/** Golden ids begin anywhere; a path begins after the prompt's token. */
const fitting = readPrefixes("golden_prefixes.json").filter(({ ids }) => ids[0] === 0);

async function compare(generator: Generator, cases: readonly GoldenPrefix[]): Promise<number> {
  let distance = 0;
  for (const { ids, top, logprobs } of cases) {
    const shown = await topAfter(generator, ids);
    assert.deepEqual(shown.map(({ token }) => token.id), top, `after ${ids.length} tokens`);
    distance = Math.max(distance, furthest(shown.map(({ logprob }) => logprob), logprobs));
  }
  return distance;
}

for (const driver of ["native", "binding"] as const) {
  Deno.test(`${driver}: 200 prefixes give PyTorch's ten most probable, fresh, cached, after stepping back, on a branch and many at once`, async () => {
    const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
    const generator = await onnx("models/demo").open({ ...CONTEXT, env });
    try {
      assert.equal(generator.facts.driver, driver);
      assert.equal(fitting.length, 200);
      const first = await compare(generator, fitting);
      // What was remembered of the last ones is answered at once, the rest from the cache of attention.
      const again = await compare(generator, fitting.toReversed());
      let branched = 0;
      for (const golden of fitting.slice(0, 60)) {
        // A branch from the middle, then a step back to the middle, then the golden prefix itself once more.
        const middle = golden.ids.slice(0, Math.ceil(golden.ids.length / 2));
        await topAfter(generator, [...middle, 300, 301]);
        await topAfter(generator, middle);
        branched = Math.max(branched, await compare(generator, [golden]));
      }
      // Sixteen at a time, each read as a whole beside the others; ragged_rows_test.ts has rows that share a pass.
      let together = 0;
      for (let from = 0; from < fitting.length; from += 16) {
        const asked = fitting.slice(from, from + 16).map((golden) => compare(generator, [golden]));
        together = Math.max(together, ...await Promise.all(asked));
      }
      console.log(`${driver}: sixteen at once ${together.toExponential(1)} nats`);
      assert.ok(together < TOLERANCE);
      console.log(`${driver}: largest difference ${Math.max(first, again, branched).toExponential(1)} nats`);
      assert.ok(Math.max(first, again, branched) < TOLERANCE);
    } finally {
      await generator.close();
    }
  });
}
