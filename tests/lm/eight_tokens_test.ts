/**
 * A language model of eight tokens whose every probability is a power of two, so that each number that the screens show
 * of a step, a changed temperature and a target can be worked out by hand.
 */
import assert from "node:assert/strict";
import { scoreCompletion } from "../../lib/components/run.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { tableModel } from "../../lib/generators/table.ts";
import type { GeneratorEvent, Step } from "../../lib/lm/event.ts";
import { gumbel } from "../../lib/lm/noise.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../lib/lm/params.ts";
import { blankPrompt, field, prompt } from "../../lib/lm/prompt.ts";
import { firstDeparture, nll } from "../../lib/lm/score.ts";
import { survives } from "../../lib/lm/survival.ts";

const VOCABULARY = ["a", "b", "c", "d", "e", "f", "g", "?"];

/** 1/2, 1/4, 1/8, 1/16, 1/32, 1/64, 1/128, 1/128: they sum to 1. */
const HALVES = [1, 2, 3, 4, 5, 6, 7, 7].map((bits) => 2 ** -bits);

/** After "g" all are equal; after a prompt with "f", "b" and "a" change places; else as they stand. */
const model = tableModel({
  vocabulary: VOCABULARY,
  logits(prefix) {
    const texts = prefix.map(({ text }) => text);
    const [a = 0, b = 0, ...rest] = HALVES;
    if (texts.at(-1) === "g") return VOCABULARY.map(() => 0);
    return (texts.includes("f") ? [b, a, ...rest] : [a, b, ...rest]).map(Math.log);
  },
});
const generator = fromModel(model, { device: "cpu" });
const { signal } = new AbortController();

async function firstStep(params: Partial<SamplingParams>): Promise<Step> {
  const events = generator.generate({ prompt: "?", params: { ...DEFAULT_PARAMS, maxTokens: 1, ...params }, top: 8 });
  for await (const event of events as AsyncIterable<GeneratorEvent>) if (event.type === "step") return event;
  throw new Error("no step came");
}

function near(actual: number | undefined, expected: number, what: string): void {
  assert.ok(Math.abs((actual ?? NaN) - expected) < 1e-5, `${what}: ${actual}, expected ${expected}`);
}

/** Probability of each token after each stage; undefined once it is out. */
function ladder(step: Step): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(step.top.map(({ token, stageLogprobs = [] }) => [token.text, stageLogprobs.map(Math.exp)]));
}

Deno.test("the waterfall's stages, in their order and in another one", async () => {
  // Raw: a 1/2, b 1/4, c 1/8, d 1/16, … top_k 3 keeps a, b, c with 7/8: 4/7, 2/7, 1/7. Out is 1/8 in five tokens.
  // top_p 0.8 then keeps a, b: 6/7 ≥ 0.8, while a alone has 4/7: 2/3, 1/3. Out is c with 1/7.
  const step = await firstStep({ topK: 3, topP: 0.8 });
  const stages = ladder(step);
  for (const [index, expected] of [4 / 7, 2 / 3].entries()) near(stages.a?.[index], expected, `a after ${index}`);
  for (const [index, expected] of [2 / 7, 1 / 3].entries()) near(stages.b?.[index], expected, `b after ${index}`);
  near(stages.c?.[0], 1 / 7, "c after top_k");
  assert.equal(stages.c?.length, 1);
  assert.deepEqual(stages.d, []);
  assert.deepEqual(step.processors.map(({ name, removed, kept }) => [name, removed, kept]), [
    ["top_k", 5, 3],
    ["top_p", 1, 2],
  ]);
  near(step.processors[0]?.removedMass, 1 / 8, "mass that top_k takes");
  near(step.processors[1]?.removedMass, 1 / 7, "mass that top_p takes");

  // The other way round, top_p 0.8 sees a, b, c: 1/2 + 1/4 is less than 0.8. Three stay, and top_k 3 takes none.
  const order = ["top_p", "top_k", "logit_bias", "repetition_penalty", "frequency_penalty"] as const;
  const turned = await firstStep({
    topK: 3,
    topP: 0.8,
    order: [...order, "presence_penalty", "temperature", "min_p"],
  });
  assert.deepEqual(turned.processors.map(({ name, removed, kept }) => [name, removed, kept]), [
    ["top_p", 5, 3],
    ["top_k", 0, 3],
  ]);
  near(ladder(turned).c?.[1], 1 / 7, "c at the end");

  // At temperature 1/2 probabilities are squared: 1/4 : 1/16 : 1/64 …; min_p 0.2 of the largest keeps a and b alone
  // (1/16 ÷ 1/4 = 0.25): 4/5, 1/5.
  const cold = ladder(await firstStep({ temperature: 0.5, minP: 0.2 }));
  near((cold.b?.[0] ?? NaN) / (cold.a?.[0] ?? NaN), 1 / 4, "b to a after temperature");
  near(cold.a?.[1], 4 / 5, "a after min_p");
  near(cold.b?.[1], 1 / 5, "b after min_p");
  assert.equal(cold.c?.length, 1);
});

Deno.test("identity params leave no stage, and the last stage is what was drawn from", async () => {
  const plain = await firstStep({});
  assert.deepEqual(plain.processors, []);
  assert.ok(
    plain.top.every(({ stageLogprobs, logprob, finalLogprob }) =>
      stageLogprobs === undefined && finalLogprob === logprob
    ),
  );
  const { top } = await firstStep({ temperature: 0.7, topP: 0.9, minP: 0.01 });
  for (const { stageLogprobs = [], finalLogprob, token } of top) {
    if (finalLogprob !== undefined) near(stageLogprobs.at(-1), finalLogprob, token.text);
  }
});

Deno.test("survival under a changed temperature, by the noise alone", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const step = await firstStep({ seed });
    for (const temperature of [0.25, 0.5, 2]) {
      // log p ÷ T + noise: log p = −bits · ln 2, and the normaliser is the same for all eight.
      const sums = HALVES.map((p, id) => Math.log(p) / temperature + gumbel(seed, 0, 0, id));
      const winner = sums.indexOf(Math.max(...sums));
      const verdict = survives(step, { ...DEFAULT_PARAMS, seed, temperature });
      assert.equal(verdict.kind, winner === step.token.id ? "kept" : "lost", `seed ${seed} at ${temperature}`);
      if (verdict.kind === "lost") assert.equal(verdict.to?.token.id, winner);
    }
    // top_k 1 leaves a alone: any other token is out, whatever its noise.
    const greedy = survives(step, { ...DEFAULT_PARAMS, seed, topK: 1 });
    assert.deepEqual(greedy, step.token.text === "a" ? { kind: "kept" } : { kind: "excluded", by: "top_k" });
  }
});

Deno.test("the X-ray's nll, PMI, departure and repair count", async () => {
  const asked = prompt`?${field("text", "f")}`;
  const request = { generator, target: "bacg", metrics: {}, top: 8, signal };
  const scored = await scoreCompletion({
    ...request,
    prompt: asked.text,
    nullPrompt: blankPrompt(asked),
    completion: "bacgd",
  });
  // After "f": b 1/2, a 1/4, c 1/8, g 1/128; after "g" all are equal, d 1/8. In bits: 1 + 2 + 3 + 7 + 3 = 16.
  const logprobs = scored.tokens.map(({ logprob }) => logprob);
  near(nll(logprobs) / Math.LN2, 16, "nll in bits");
  for (const [index, bits] of [1, 2, 3, 7, 3].entries()) near(-(logprobs[index] ?? NaN) / Math.LN2, bits, `${index}`);
  // Without the field b has 1/4 and a 1/2; c, g and d are the same: +1, −1, 0, 0, 0 bits, together 0.
  const pmi = scored.tokens.map(({ logprob }, index) => (logprob - (scored.nullLogprobs?.[index] ?? NaN)) / Math.LN2);
  for (const [index, bits] of [1, -1, 0, 0, 0].entries()) near(pmi[index], bits, `PMI of ${index}`);
  // The most probable is b throughout, and after "g", of equals, the first: a. So the target departs at its second
  // token, and greedy decoding would have to be corrected in a, c, g and d.
  assert.equal(firstDeparture(scored.tokens), 1);
  assert.deepEqual(scored.tokens.map(({ rank }) => rank), [1, 2, 3, 7, 4]);
  assert.equal(scored.tokens.filter(({ rank }) => rank > 1).length, 4);
  // Entropy of the halves is Σ bits/2^bits = 1.984375 bits; of eight equals 3.
  for (const [index, bits] of [1.984375, 1.984375, 1.984375, 1.984375, 3].entries()) {
    near((scored.tokens[index]?.entropyNats ?? NaN) / Math.LN2, bits, `entropy at ${index}`);
  }
});

Deno.test("correcting exactly the repaired tokens makes greedy decoding write the target", async () => {
  const target = "bacgd";
  const scored = await scoreCompletion({ generator, prompt: "?f", completion: target, metrics: {}, top: 8, signal });
  let written = "";
  for (const [index, { rank }] of scored.tokens.entries()) {
    const logits = await model.logits(model.encode(`?f${written}`));
    const greedy = VOCABULARY[logits.indexOf(Math.max(...logits))] ?? "";
    written += rank > 1 ? target[index] : greedy;
  }
  assert.equal(written, target);
});
