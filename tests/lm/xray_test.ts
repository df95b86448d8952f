/** What the target's tokens owe to the prompt's fields, on a table whose numbers a person can check. */
import assert from "node:assert/strict";
import { scoreCompletion } from "../../lib/components/run.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { Generator } from "../../lib/generators/generator.ts";
import { tableModel } from "../../lib/generators/table.ts";
import { PathError } from "../../lib/lm/decode.ts";
import { blankPrompt, field, prompt } from "../../lib/lm/prompt.ts";

/** After a prompt with "x" the next token is "a" with 3/4; without, 1/4. After "a" always "b" with 1/2. */
const model = tableModel({
  vocabulary: ["Q", "x", "a", "b"],
  logits(prefix) {
    const texts = prefix.map(({ text }) => text);
    if (texts.at(-1) === "a") return [1 / 6, 1 / 6, 1 / 6, 1 / 2].map(Math.log);
    const a = texts.includes("x") ? 3 / 4 : 1 / 4;
    return [(1 - a) / 3, (1 - a) / 3, a, (1 - a) / 3].map(Math.log);
  },
});
const generator = fromModel(model, { device: "cpu" });
const { signal } = new AbortController();

Deno.test("a token's PMI is its logprob minus that under the blank prompt, and 0 where the field says nothing", async () => {
  const asked = prompt`Q${field("x", "x")}`;
  const request = { generator, completion: "ab", target: "ab", metrics: {}, top: 4, signal };
  const scored = await scoreCompletion({ ...request, prompt: asked.text, nullPrompt: blankPrompt(asked) });
  const pmi = scored.tokens.map(({ logprob }, index) => logprob - (scored.nullLogprobs?.[index] ?? NaN));
  assert.ok(Math.abs((pmi[0] ?? NaN) - Math.log(3)) < 1e-6, `${pmi[0]}`);
  assert.ok(Math.abs(pmi[1] ?? NaN) < 1e-6, `${pmi[1]}`);
});

Deno.test("without fields there is nothing to leave blank", async () => {
  const request = { generator, completion: "ab", target: "ab", metrics: {}, top: 4, signal };
  assert.equal((await scoreCompletion({ ...request, prompt: "Q", nullPrompt: "Q" })).nullLogprobs, undefined);
  assert.equal((await scoreCompletion({ ...request, prompt: "Q" })).nullLogprobs, undefined);
});

Deno.test("tokens that a server cannot be sent under the blank prompt are scored without it", async () => {
  const text: Generator = {
    ...generator,
    score: (request) =>
      typeof request.completion === "string"
        ? generator.score?.(request) ?? assert.fail()
        : Promise.reject(new PathError("no whole characters")),
  };
  const request = { generator: text, completion: "ab", target: "ab", metrics: {}, top: 4, signal };
  const scored = await scoreCompletion({ ...request, prompt: "Qx", nullPrompt: "Q" });
  assert.deepEqual([scored.tokens.length, scored.nullLogprobs], [2, undefined]);
});

Deno.test("forcing each repaired token and decoding greedily elsewhere writes exactly the target", async () => {
  const target = [3, 2, 3, 3];
  const scored = await scoreCompletion({
    generator,
    prompt: "Qx",
    completion: target,
    metrics: {},
    top: 4,
    signal,
  });
  const written: number[] = [];
  for (const [index, { rank }] of scored.tokens.entries()) {
    const logits = await model.logits([0, 1, ...written]);
    const greedy = logits.indexOf(Math.max(...logits));
    written.push(rank > 1 ? target[index] ?? -1 : greedy);
  }
  assert.deepEqual(written, target);
  // "b" after "x" is no first choice, "a" is, "b" after "a" is, "b" after "b" is not.
  assert.deepEqual(scored.tokens.map(({ rank }) => rank > 1), [true, false, false, true]);
});
