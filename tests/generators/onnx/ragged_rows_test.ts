/** Graphs that keep keys and values in place: rows of different lengths in one pass, against PyTorch. */
import assert from "node:assert/strict";
import { fixturePath, furthest, type GoldenPrefix, readPrefixes, topAfter, withOpened } from "./tiny_models.ts";

const TOLERANCE = 1e-4;

/** As many as one pass takes. */
const ROWS = 16;

const MODELS = [["demo", "golden_prefixes.json"], ["tiny_llama_gqa", "golden_tiny_llama_gqa_prefixes.json"]] as const;

/** One of each length that none of the others begins with, so that nobody's logits are known before they are asked for. */
function ofEachLength(prefixes: readonly GoldenPrefix[]): readonly GoldenPrefix[] {
  const begins = (some: readonly number[], other: readonly number[]) => some.every((id, place) => id === other[place]);
  const ends = prefixes.filter((one) => !prefixes.some((other) => one !== other && begins(one.ids, other.ids)));
  return [...new Map(ends.map((golden) => [golden.ids.length, golden])).values()].slice(-ROWS);
}

for (const [name, prefixes] of MODELS) {
  Deno.test(`${name}: sixteen prefixes of sixteen lengths share the pass over their last tokens, and get PyTorch's distributions`, async () => {
    await withOpened(fixturePath(name), "native", async (model) => {
      const cases = ofEachLength(readPrefixes(prefixes));
      assert.equal(cases.length, ROWS);
      // What stands before the last tokens is known first, so that these go side by side.
      for (const { ids } of cases) await topAfter(model, ids.slice(0, -1));
      const before = model.passes;
      const found = await Promise.all(cases.map(({ ids }) => topAfter(model, ids)));
      assert.equal(model.passes - before, 1);
      let distance = 0, longest = 0;
      for (const [index, { ids, top, logprobs }] of cases.entries()) {
        const shown = found[index] ?? [];
        assert.deepEqual(shown.map(({ token }) => token.id), top, `after ${ids.length} tokens`);
        longest = Math.max(longest, ids.length);
        distance = Math.max(distance, furthest(shown.map(({ logprob }) => logprob), logprobs));
      }
      console.log(`${name}: ${ROWS} rows of up to ${longest} tokens, ${distance.toExponential(1)} nats off`);
      assert.ok(distance < TOLERANCE, `${distance}`);
    });
  });
}
