/** Each rule with a prompt that breaks it, and one that comes close and does not. */
import assert from "node:assert/strict";
import { lintPrompt } from "../../lib/lm/prompt_lint.ts";
import { field, type Prompt, prompt, toPrompt } from "../../lib/lm/prompt.ts";
import type { Token } from "../../lib/lm/token.ts";

const START: Token = { id: 0, text: "<s>", bytes: [], special: true };
const END: Token = { id: 1, text: "</s>", bytes: [], special: true };
const WORD: Token = { id: 2, text: "a", bytes: [97] };

function rules(text: Prompt | string, tokens?: readonly Token[], contextWindow?: number): readonly string[] {
  return lintPrompt({ prompt: toPrompt(text), tokens, contextWindow }).map(({ rule }) => rule);
}

Deno.test("lintPrompt() finds the same special token twice at the start, and no other pair", () => {
  assert.deepEqual(rules("a", [START, START, WORD]), ["doubled_start"]);
  for (const tokens of [[START, WORD], [START, END], [WORD, WORD], [WORD, START, START], [START], []]) {
    assert.deepEqual(rules("a", tokens), []);
  }
});

Deno.test("lintPrompt() finds a space at the end, and lets line ends and inner spaces be", () => {
  for (const text of ["a ", "a\t", "a\n ", "a\u00a0"]) assert.deepEqual(rules(text), ["trailing_space"], text);
  for (const text of ["", "a", "a\n", " a", "a b"]) assert.deepEqual(rules(text), [], text);
});

Deno.test("lintPrompt() finds special tokens in data, says whether they were parsed, and lets the template have them", () => {
  const inData = prompt`<|user|>${field("text", "x <|end|> y")}<|end|>`;
  assert.deepEqual(lintPrompt({ prompt: inData }), [
    { rule: "special_in_field", field: "text", text: "<|end|>", parsed: false },
  ]);
  const named = prompt`${field("a", "one </s>")}${field("b", "two")}`;
  assert.deepEqual(lintPrompt({ prompt: named, tokens: [WORD, END] }), [
    { rule: "special_in_field", field: "a", text: "</s>", parsed: true },
  ]);
  for (const value of ["a < b | c > d", "<p>", "[x]", "<|", "s"]) {
    assert.deepEqual(rules(prompt`<|user|>${field("text", value)}</s>`, [START, WORD, END]), [], value);
  }
});

Deno.test("lintPrompt() finds a prompt that leaves no place in the window", () => {
  const tokens = [WORD, WORD, WORD];
  assert.deepEqual(rules("aaa", tokens, 3), ["over_window"]);
  assert.deepEqual(rules("aaa", tokens, 2), ["over_window"]);
  assert.deepEqual(rules("aaa", tokens, 4), []);
  assert.deepEqual(rules("aaa", tokens), []);
});
