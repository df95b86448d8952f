import assert from "node:assert/strict";
import * as v from "valibot";
import { readAnswer } from "../../lib/generators/openai/answer.ts";
import { dictionary } from "../../lib/lm/dictionary.ts";

const texts = dictionary(v.string("must be a text"), 12);

Deno.test("dictionary() keeps each name, also one that every object has already", () => {
  const given = JSON.parse('{"constructor":"a","prototype":"b","__proto__":"c","":"d","toString":"e"}');
  const kept = v.parse(texts, given);
  assert.deepEqual(Object.entries(kept), Object.entries(given));
  assert.equal(Object.getPrototypeOf(kept), Object.prototype);
});

Deno.test("dictionary() refuses what is no object of such values, and names the value", () => {
  for (const value of [null, [], "a", 1, undefined]) {
    assert.match(v.safeParse(texts, value).issues?.[0].message ?? "", /^must be an object$/);
  }
  const [issue] = v.safeParse(v.object({ edits: texts }), { edits: { a: "b", c: 5 } }).issues ?? [];
  assert.equal(issue?.message, "must be a text");
  assert.equal(issue?.input, 5);
  assert.equal(issue && v.getDotPath(issue), "edits.c");
  assert.match(
    v.safeParse(texts, { "a name of 13": "b", "a name of 13!": "b" }).issues?.[0].message ?? "",
    /at most 12/,
  );
});

Deno.test("readAnswer() keeps a candidate whose text is a name that every object has", () => {
  const top = { constructor: -0.5, prototype: -2, other: -3 };
  const logprobs = { tokens: ["constructor"], token_logprobs: [-0.5], top_logprobs: [top] };
  const step = readAnswer({ choices: [{ text: "constructor", logprobs }] })?.pieces[0]?.steps?.[0];
  assert.deepEqual(step?.top.map(({ text, logprob }) => [text, logprob]), Object.entries(top));
});
