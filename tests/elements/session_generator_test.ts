/** A generator as a page of a developer's own uses it: nothing of an answer is lost, and no param passes that cannot be. */
import assert from "node:assert/strict";
import { SessionGenerator } from "../../lib/components/session_generator.ts";
import type { Generator } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { tableModel } from "../../lib/generators/table.ts";
import type { FinishReason, GeneratorEvent } from "../../lib/lm/event.ts";
import type { SamplingParams } from "../../lib/lm/params.ts";

const base = fromModel(tableModel({ vocabulary: ["a", "b", "c"], logits: () => [2, 1, 0] }), { device: "cpu" });
const params = { temperature: 0, maxTokens: 3 };

/** Warns of a param, and ends completion 1 as it is told to. */
function ending(reason: FinishReason): SessionGenerator {
  const generate: Generator["generate"] = async function* (request) {
    yield { type: "warning", param: "top_k", message: "it is not used" };
    for await (const event of base.generate(request)) {
      yield event.type === "finish" && event.sequence === 1 ? { ...event, reason } : event;
    }
  };
  return new SessionGenerator(() => Promise.resolve({ ...base, generate }));
}

/** As plain JavaScript has it, where no type says what is given. */
const untyped = (given: object) => given as Partial<SamplingParams>;

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

Deno.test("events() tells warnings, and how each completion ended, beside its steps", async () => {
  const events: GeneratorEvent[] = await collected(ending("stop").events("a", { params: { ...params, n: 2 } }));
  assert.deepEqual(events.slice(0, 2).map(({ type }) => type), ["warning", "prompt"]);
  assert.equal(events.filter(({ type }) => type === "step").length, 6);
  const endings = events.flatMap((event) => event.type === "finish" ? [[event.sequence, event.reason]] : []);
  assert.deepEqual(endings, [[0, "length"], [1, "stop"]]);
});

Deno.test("generate() and stream() do not pass a part for a whole", async () => {
  for (const reason of ["error", "incomplete"] as const) {
    const generator = ending(reason), options = { params: { ...params, n: 2 } };
    const message = `Completion 1 was cut off: it ended with the reason "${reason}"`;
    await assert.rejects(generator.generate("a", options), { message });
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const { token } of generator.stream("a", options)) seen.push(token.text);
    }, { message });
    assert.equal(seen.length, 6, "every step came before");
  }
  assert.deepEqual(await ending("length").generate("a", { params: { ...params, n: 2 } }), ["aaa", "aaa"]);
});

Deno.test("params are checked as those of a request, before the generator is opened", async () => {
  const generator = new SessionGenerator(() => assert.fail("nothing is to be opened"));
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ temperature: "0.5" }, /Cannot use the param temperature must be a number from 0 to 2, got "0\.5"/],
    [{ temperature: -1 }, /temperature must be a number from 0 to 2, got -1/],
    [{ n: 0 }, /n must be a whole number from 1 to 16, got 0/],
    [{ n: 2.5 }, /n must be a whole number/],
    [{ maxTokens: 0 }, /maxTokens must be a whole number from 1/],
    [{ topP: 2 }, /topP must be/],
    [{ seed: 1.5 }, /seed must be a whole number/],
    [{ seed: -1 }, /seed must be/],
    [{ seed: NaN }, /seed must be .*got NaN/],
    [{ stop: "ab" }, /stop must be.*got "ab"/],
    [{ order: [] }, /order must/],
    [{ logitBias: { a: 1 } }, /logitBias/],
  ];
  for (const [given, message] of cases) {
    await assert.rejects(generator.generate("a", { params: untyped(given) }), message);
    await assert.rejects(generator.stream("a", { params: untyped(given) }).next(), message);
  }
});

Deno.test("a param that is undefined is the library's own, and a token may be banned", async () => {
  const generator = new SessionGenerator(() => Promise.resolve(base));
  const given = untyped({ ...params, topP: undefined, seed: undefined, logitBias: { 0: -Infinity } });
  assert.deepEqual(await generator.generate("a", { params: given }), ["bbb"]);
});

Deno.test("score() refuses what is no completion, and says why a generator cannot score", async () => {
  const closed = new SessionGenerator(() => assert.fail("nothing is to be opened"));
  const nothing: { readonly completion: string } = JSON.parse("{}");
  await assert.rejects(closed.score("a", nothing.completion), /no text and no list of ids: got undefined/);
  const { facts, generate, close } = base;
  const lacks = { score: "its server tells of no given text" };
  const mute = new SessionGenerator(() => Promise.resolve({ facts, generate, close, lacks }));
  await assert.rejects(mute.score("a", "b"), /^TypeError: Cannot score: its server tells of no given text$/);
});
