/** Stepping by hand over a table of four tokens, whose numbers a person can check. */
import assert from "node:assert/strict";
import { tableModel } from "../../lib/generators/table.ts";
import { PathError } from "../../lib/lm/decode.ts";
import { NextTokens } from "../../lib/lm/next.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";

let passes = 0;
/** After "a": b 1/2, c 1/4, a 1/8, end 1/8. After anything else: end 1. */
const model = tableModel({
  vocabulary: ["a", "b", "c", "<end>"],
  end: "<end>",
  contextWindow: 5,
  logits(prefix) {
    passes++;
    return prefix.at(-1)?.text === "a" ? [1 / 8, 1 / 2, 1 / 4, 1 / 8].map(Math.log) : [-99, -99, -99, 0];
  },
});

const REQUEST = { prompt: "a", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 4 };

function near(actual: number | undefined, wanted: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - wanted) < 1e-6, `${actual} is not ${wanted}`);
}

Deno.test("NextTokens.at() gives candidates by rank, raw and final, with what removed them", async () => {
  const { step, prompt, path, vocabularySize } = await new NextTokens(model).at({
    ...REQUEST,
    params: { ...DEFAULT_PARAMS, temperature: 0.5, topK: 2 },
  });
  assert.deepEqual([prompt?.map(({ text }) => text), path, vocabularySize], [["a"], [], 4]);
  assert.deepEqual(step.top.map(({ token }) => token.text), ["b", "c", "a", "<end>"]);
  assert.deepEqual(step.top.map(({ rank }) => rank), [1, 2, 3, 4]);
  for (const [index, p] of [1 / 2, 1 / 4, 1 / 8, 1 / 8].entries()) near(step.top[index]?.logprob, Math.log(p));
  // At T = 1/2 the weights are squared: 1/4 and 1/16 of what top_k leaves.
  near(step.top[0]?.finalLogprob, Math.log(4 / 5));
  near(step.top[1]?.finalLogprob, Math.log(1 / 5));
  assert.deepEqual(step.top.slice(2).map(({ excludedBy }) => excludedBy), ["top_k", "top_k"]);
  near(step.entropyNats, 1.75 * Math.LN2);
});

Deno.test("a page of candidates leaves out those before it, and sums the others exactly", async () => {
  const { step } = await new NextTokens(model).at({
    ...REQUEST,
    params: { ...DEFAULT_PARAMS, temperature: 0 },
    offset: 1,
    limit: 2,
  });
  assert.deepEqual(step.top.map(({ token }) => token.text), ["b", "c", "a"], "the greedy choice and the page");
  near(step.restLogprob, Math.log(1 / 8));
  assert.equal(step.restCount, 1);
});

Deno.test("the others of a page are all that it does not show, also those that are found or are the target's", async () => {
  const steps = new NextTokens(model);
  const request = { ...REQUEST, params: { ...DEFAULT_PARAMS, temperature: 0 }, limit: 2 };
  for (const more of [{}, { find: "a" }, { find: "END" }, { target: "a" }, { target: "a", find: "END" }]) {
    const { step } = await steps.at({ ...request, ...more });
    assert.deepEqual(step.top.map(({ token }) => token.text), ["b", "c"], JSON.stringify(more));
    assert.equal(step.restCount, 2, JSON.stringify(more));
    near(step.restLogprob, Math.log(1 / 4));
    assert.equal(step.restFinalLogprob, undefined, "greedy leaves the others nothing");
  }
  const { step } = await steps.at({ ...request, params: { ...DEFAULT_PARAMS, topK: 3 }, find: "a", limit: 1 });
  // Of 1/2, 1/4 and 1/8, which top_k leaves, all that the page does not show; the draw may show one besides.
  const shown = step.top.reduce((sum, { finalLogprob = -Infinity }) => sum + Math.exp(finalLogprob), 0);
  near(step.restFinalLogprob, Math.log(1 - shown));
});

Deno.test("the path goes on from the prompt, by ids or by text, and its end is told", async () => {
  const steps = new NextTokens(model);
  const { path, step, isEnded } = await steps.at({ ...REQUEST, path: [1], append: "ca" });
  assert.deepEqual(path.map(({ text }) => text), ["b", "c", "a"]);
  assert.equal(isEnded, false);
  assert.equal(step.position, 3);
  assert.equal((await steps.at({ ...REQUEST, path: [3] })).isEnded, true);
});

Deno.test("the target's next token is named as long as the path follows it", async () => {
  const steps = new NextTokens(model);
  const request = { ...REQUEST, target: "ac", limit: 1 };
  const { target } = await steps.at(request);
  assert.deepEqual([target?.token.text, target?.rank], ["a", 3]);
  near(target?.logprob, Math.log(1 / 8));
  assert.equal((await steps.at({ ...request, path: [0] })).target?.token.text, "c");
  assert.equal((await steps.at({ ...request, path: [1] })).target, undefined);
  assert.equal((await steps.at({ ...request, path: [0, 2] })).target, undefined, "the target is over");
});

Deno.test("a token is found by a part of its text or by its id, whatever its rank", async () => {
  const steps = new NextTokens(model);
  const request = { ...REQUEST, limit: 1 };
  assert.deepEqual((await steps.at({ ...request, find: "END" })).found?.map(({ rank }) => rank), [4]);
  assert.deepEqual((await steps.at({ ...request, find: "2" })).found?.map(({ token }) => token.text), ["c"]);
  assert.deepEqual((await steps.at({ ...request, find: "zz" })).found, []);
  assert.deepEqual((await steps.at({ ...request, find: "/^[ac]$/" })).found?.map(({ token }) => token.text), [
    "c",
    "a",
  ]);
  assert.equal((await steps.at(request)).found, undefined);
});

Deno.test("an id is found however many tokens hold its digits in their text", async () => {
  const vocabulary = ["least", ...Array.from({ length: 80 }, (_, index) => `0${index}`)];
  const logits = () => vocabulary.map((_, id) => id);
  const steps = new NextTokens(tableModel({ vocabulary, logits }));
  const { found } = await steps.at({ ...REQUEST, prompt: "least", limit: 1, find: "0" });
  assert.deepEqual([found?.length, found?.at(-1)?.token.text, found?.at(-1)?.rank], [50, "least", 81]);
});

Deno.test("other params, and a step back, cost no pass through the model", async () => {
  const steps = new NextTokens(model);
  await steps.at(REQUEST);
  await steps.at({ ...REQUEST, path: [0] });
  const before = passes;
  await steps.at({ ...REQUEST, params: { ...DEFAULT_PARAMS, topP: 0.5 } });
  await steps.at({ ...REQUEST, path: [0], find: "a" });
  assert.equal(passes, before);
});

Deno.test("a path outside the vocabulary, or past the window, is refused by name", async () => {
  const steps = new NextTokens(model);
  await assert.rejects(steps.at({ ...REQUEST, path: [4] }), PathError);
  await assert.rejects(steps.at({ ...REQUEST, path: [4] }), /token id 4: the vocabulary ends at 3/);
  await assert.rejects(steps.at({ ...REQUEST, path: [0, 0, 0, 0] }), PathError);
  await assert.rejects(
    steps.at({ ...REQUEST, path: [0, 0, 0, 0] }),
    /4 tokens past a prompt of 1: .* window is 5 tokens/,
  );
});
