import assert from "node:assert/strict";
import { tableModel } from "../../lib/generators/table.ts";
import { decode, PathError, PromptTooLongError } from "../../lib/lm/decode.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import type { LanguageModel } from "../../lib/lm/model.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../lib/lm/params.ts";
import { nll, perplexity, score } from "../../lib/lm/score.ts";

const END = "<end>";

/** Writes "b" after "a", "c" after "b" …, with the probability `sure`; after the last letter it ends. */
function alphabetModel(sure = 0.9): LanguageModel {
  const vocabulary = ["a", "b", "c", "d", END];
  return tableModel({
    vocabulary,
    end: END,
    contextWindow: 12,
    logits(prefix) {
      const next = ((prefix.at(-1)?.id ?? -1) + 1) % vocabulary.length;
      return vocabulary.map((_, id) => Math.log(id === next ? sure : (1 - sure) / (vocabulary.length - 1)));
    },
  });
}

async function run(model: LanguageModel, prompt: string, params: Partial<SamplingParams>, signal?: AbortSignal) {
  return await Array.fromAsync(decode(model, prompt, { ...DEFAULT_PARAMS, ...params }, { top: 3, signal }));
}

function textOf(events: readonly GeneratorEvent[], sequence = 0): string | undefined {
  return events.flatMap((event) => event.type === "finish" && event.sequence === sequence ? [event.text] : [])[0];
}

function reasons(events: readonly GeneratorEvent[]): string[] {
  return events.flatMap((event) => event.type === "finish" ? [event.reason] : []);
}

function ids(events: readonly GeneratorEvent[], sequence = 0): number[] {
  return events.flatMap((event) => event.type === "step" && event.sequence === sequence ? [event.token.id] : []);
}

Deno.test("decode() yields the prompt first and ends at the end token, which is no text", async () => {
  const events = await run(alphabetModel(), "a", { temperature: 0 });
  assert.deepEqual(events.map(({ type }) => type), ["prompt", "step", "step", "step", "step", "finish"]);
  assert.equal(textOf(events), "bcd");
  assert.deepEqual(reasons(events), ["stop"]);
});

Deno.test("decode() gives the same ids for the same seed, and n sequences that differ", async () => {
  const params = { n: 4, seed: 5, maxTokens: 8, logitBias: { 4: -Infinity } };
  const model = alphabetModel(0.3);
  const one = await run(model, "a", params), other = await run(model, "a", params);
  for (let sequence = 0; sequence < 4; sequence++) assert.deepEqual(ids(one, sequence), ids(other, sequence));
  const texts = [0, 1, 2, 3].map((sequence) => textOf(one, sequence));
  assert.ok(new Set(texts).size > 1, texts.join(" "));
  assert.notDeepEqual(ids(one), ids(await run(model, "a", { ...params, seed: 6 })));
});

Deno.test("decode() takes a step of each open sequence in turn", async () => {
  const events = await run(alphabetModel(0.3), "a", { n: 2, maxTokens: 3, logitBias: { 4: -Infinity } });
  const order = events.flatMap((event) => event.type === "step" ? [event.sequence] : []);
  assert.deepEqual(order, [0, 1, 0, 1, 0, 1]);
  assert.deepEqual(reasons(events), ["length", "length"]);
});

Deno.test("decode() stops at a stop text that spans tokens and leaves it out of the text", async () => {
  const events = await run(alphabetModel(), "a", { temperature: 0, stop: ["cd"] });
  assert.equal(textOf(events), "b");
  assert.deepEqual(ids(events), [1, 2, 3]);
  assert.deepEqual(reasons(events), ["stop"]);
});

Deno.test("decode() cuts nothing at a stop text within a given path, as it goes on past it", async () => {
  const textAfter = async (stop: string) => {
    const params = { ...DEFAULT_PARAMS, temperature: 0, stop: [stop], maxTokens: 4 };
    const events = await Array.fromAsync(decode(alphabetModel(), "a", params, { top: 1, path: [0, 1, 2] }));
    return [textOf(events), reasons(events)[0], ids(events).length];
  };
  assert.deepEqual(await textAfter("b"), ["abcd", "length", 4]);
  assert.deepEqual(await textAfter("cd"), ["ab", "stop", 4], "one that ends behind the path");
});

Deno.test("decode() ends where the window is full", async () => {
  const events = await run(alphabetModel(0.3), "aaaaaaaa", { maxTokens: 50, logitBias: { 4: -Infinity } });
  assert.equal(ids(events).length, 4);
  assert.deepEqual(reasons(events), ["length"]);
});

Deno.test("decode() refuses a prompt that fills the window, with both lengths", async () => {
  await assert.rejects(run(alphabetModel(), "a".repeat(12), {}), (error) => {
    assert.ok(error instanceof PromptTooLongError);
    assert.deepEqual([error.promptTokens, error.contextWindow], [12, 12]);
    return true;
  });
  await assert.rejects(run(alphabetModel(), "", {}), /empty prompt/);
});

Deno.test("decode() ends with cancelled finishes when its signal aborts, and keeps what came", async () => {
  const controller = new AbortController();
  const events: GeneratorEvent[] = [];
  const params = { ...DEFAULT_PARAMS, n: 2, maxTokens: 8, logitBias: { 4: -Infinity } };
  for await (const event of decode(alphabetModel(0.3), "a", params, { top: 1, signal: controller.signal })) {
    events.push(event);
    if (events.length === 4) controller.abort();
  }
  assert.deepEqual(reasons(events), ["cancelled", "cancelled"]);
  // The first event is the prompt; the second round had begun, and is told whole.
  assert.equal(events.filter(({ type }) => type === "step").length, 4);
});

Deno.test("decode() never shows U+FFFD for a character split over tokens", async () => {
  const family = "👩‍👩‍👧";
  const bytes = [...new TextEncoder().encode(family)];
  const vocabulary = ["x", ...bytes.map((byte) => [byte]), END];
  const model = tableModel({
    vocabulary,
    end: END,
    logits: (prefix) => vocabulary.map((_, id) => id === prefix.length ? 20 : 0),
  });
  assert.equal(textOf(await run(model, "x", { temperature: 0 })), family);
});

Deno.test("score() gives hand-computed logprobs, ranks and perplexity", async () => {
  const model = tableModel({
    vocabulary: ["a", "b"],
    logits: (prefix) => prefix.length === 1 ? [0, 0] : [Math.log(3), 0],
  });
  const scored = await score(model, model.encode("a"), model.encode("ab"), { top: 2 });
  assert.deepEqual(scored.map(({ logprob }) => Math.exp(logprob).toFixed(5)), ["0.50000", "0.25000"]);
  assert.deepEqual(scored.map(({ rank }) => rank), [1, 2]);
  const logprobs = scored.map(({ logprob }) => logprob);
  assert.ok(Math.abs((perplexity(logprobs) ?? 0) - Math.sqrt(8)) < 1e-5);
  assert.ok(Math.abs(nll(logprobs) - Math.log(8)) < 1e-5);
  assert.equal(perplexity([]), undefined);
});

Deno.test("score() agrees with the steps of a run, and with all logits at once", async () => {
  const model = alphabetModel(0.4);
  const events = await run(model, "ab", { seed: 3, maxTokens: 6, logitBias: { 4: -Infinity } });
  const steps = events.flatMap((event) => event.type === "step" ? [event.logprob] : []);
  const completion = ids(events);
  const oneByOne = await score(model, model.encode("ab"), completion, { top: 2 });
  const allAtOnce = {
    ...model,
    eachLogits: async (sequence: readonly number[], from: number, visit: (logits: Float32Array) => void) => {
      for (let length = from + 1; length <= sequence.length; length++) {
        visit(await model.logits(sequence.slice(0, length)));
      }
    },
  };
  assert.deepEqual(oneByOne.map(({ logprob }) => logprob), steps);
  assert.deepEqual(await score(allAtOnce, model.encode("ab"), completion, { top: 2 }), oneByOne);
});

Deno.test("decode() along a run's own tokens goes on exactly as that run did, by the same dice", async () => {
  const model = alphabetModel(0.5);
  const params = { ...DEFAULT_PARAMS, seed: 3, maxTokens: 8 };
  const whole = await Array.fromAsync(decode(model, "a", { ...params, n: 3 }, { top: 3 }));
  const path = ids(whole, 2).slice(0, 3);
  const branch = await Array.fromAsync(decode(model, "a", params, { top: 3, path, firstSequence: 2 }));
  assert.deepEqual(ids(branch, 2), ids(whole, 2));
  assert.ok(branch.every((event) => event.type !== "step" || event.draw.kind !== "forced"));
});

Deno.test("decode() takes a path's tokens whatever would be drawn, says so, and counts them as completion", async () => {
  const events = await Array.fromAsync(
    decode(alphabetModel(), "a", { ...DEFAULT_PARAMS, temperature: 0 }, { top: 3, path: [1, 0] }),
  );
  const draws = events.flatMap((event) => event.type === "step" ? [event.draw.kind] : []);
  // "b" follows "a" by itself, "a" does not follow "b"; then the alphabet goes on from "a".
  assert.deepEqual(draws.slice(0, 3), ["greedy", "forced", "greedy"]);
  assert.equal(textOf(events), "babcd");
  const last = events.at(-1);
  assert.ok(last?.type === "finish" && last.usage.promptTokens === 1 && last.usage.completionTokens === 6);
});

Deno.test("decode() goes through an end token on a path, ends at its last one, and refuses an unknown one", async () => {
  const params = { ...DEFAULT_PARAMS, temperature: 0, maxTokens: 3 };
  const through = await Array.fromAsync(decode(alphabetModel(), "a", params, { top: 3, path: [4, 0] }));
  assert.deepEqual(ids(through), [4, 0, 1]);
  const ended = await Array.fromAsync(decode(alphabetModel(), "a", params, { top: 3, path: [4] }));
  assert.deepEqual([ids(ended), reasons(ended)], [[4], ["stop"]]);
  await assert.rejects(Array.fromAsync(decode(alphabetModel(), "a", DEFAULT_PARAMS, { top: 3, path: [5] })), PathError);
});
