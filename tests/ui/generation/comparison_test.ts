import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Step } from "../../../lib/lm/event.ts";
import {
  type Comparison,
  NOTHING_COMPARED,
  sidesOf,
  withCompletionToggled,
  withTargetToggled,
} from "../../../lib/ui/generation/comparison.ts";
import { CompletionDiff } from "../../../lib/ui/generation/CompletionDiff.tsx";
import { IDLE, type Run } from "../../../lib/ui/generation/generation_state.ts";
import type { ScoredToken } from "../../../lib/lm/event.ts";

const WORDS = ["<end>", "a", " red", " fox", " ran"];

function tokens(ids: readonly number[]) {
  return ids.map((id) => {
    const text = WORDS[id] ?? "";
    const bytes = id === 0 ? [] : [...new TextEncoder().encode(text)];
    return { token: { id, text, bytes, ...(id === 0 ? { special: true } : {}) } };
  });
}

/** A page with one run. */
function runs(...completions: readonly (readonly number[])[]): readonly Run[] {
  const step = { top: [], draw: { kind: "remote" } } as unknown as Step;
  const each = completions.map((ids, sequence) => ({
    id: `c${sequence}`,
    steps: tokens(ids).map((told, position): Step => ({ ...step, ...told, sequence, position })),
    metrics: { ppl: 2, F1: 0.5 },
  }));
  return [{ ...IDLE, id: "r", phase: "done", completions: each }];
}

function scored(ids: readonly number[]) {
  const numbers = { logprob: -1, rank: 1, entropyNats: 1, top: [] };
  return {
    tokens: tokens(ids).map((told): ScoredToken => ({ ...numbers, ...told })),
    metrics: [{ name: "ppl", value: 4 }],
  };
}

function drawn(comparison: Comparison, page: readonly Run[], target?: string, score?: ReturnType<typeof scored>) {
  const sides = sidesOf(comparison, page, target, score);
  if (sides === undefined) return undefined;
  return renderToString(h(CompletionDiff, { before: sides[0], after: sides[1], onClose: () => {} }));
}

const [first, second, third] = [0, 1, 2].map((sequence) => ({ run: 0, sequence }));
assert.ok(first && second && third);

Deno.test("a page's only completion is compared with the target by one click, and a second one ends it", () => {
  const one = withCompletionToggled(NOTHING_COMPARED, first, true);
  assert.deepEqual(one, { hasTarget: true, completions: [first] });
  assert.deepEqual(withCompletionToggled(one, first, true), NOTHING_COMPARED);
  assert.deepEqual(withCompletionToggled(NOTHING_COMPARED, first, false), { hasTarget: false, completions: [first] });
});

Deno.test("of three sides the completion that was first leaves, and a target stays until it is left out", () => {
  const add = (before: Comparison, place: typeof first) => withCompletionToggled(before, place, false);
  assert.deepEqual(add(add(add(NOTHING_COMPARED, first), second), third).completions, [second, third]);
  const target = withTargetToggled(add(add(NOTHING_COMPARED, first), second));
  assert.deepEqual(target, { hasTarget: true, completions: [second] });
  assert.deepEqual(add(target, third), { hasTarget: true, completions: [third] });
  assert.deepEqual(withTargetToggled(add(target, third)), { hasTarget: false, completions: [third] });
  assert.deepEqual(add(withTargetToggled(NOTHING_COMPARED), third), { hasTarget: true, completions: [third] });
});

Deno.test("the target and a completion are compared token by token, but for the token that ends the completion", () => {
  const compared = { hasTarget: true, completions: [first] };
  const html = drawn(compared, runs([1, 2, 3, 0]), "a fox ran", scored([1, 3, 4])) ?? "";
  assert.match(html, /From the target to run 1, completion 1/);
  assert.match(html, /they part at token 2 · 2 tokens in common/);
  assert.match(html, />a<ins[^>]*> red<\/ins> fox<del[^>]*> ran<\/del><\/p>/);
  assert.match(html, /ppl 4\.\d* → <b[^>]*>2\./);
  assert.match(drawn(compared, runs([1, 3, 0]), "a fox", scored([1, 3])) ?? "", /the same tokens/);
  // Of two completions the end is something that one has and the other has not.
  const two = { hasTarget: false, completions: [first, second] };
  assert.match(drawn(two, runs([1, 3, 0], [1, 3])) ?? "", /they part at token 3/);
});

Deno.test("a target whose tokens nobody tells is compared word by word", () => {
  const html = drawn({ hasTarget: true, completions: [first] }, runs([1, 2, 3, 0]), "a big fox") ?? "";
  assert.match(html, /word by word, without the target.{1,6}s tokens/);
  assert.match(html, /a <del[^>]*>big<\/del><ins[^>]*>red<\/ins> fox/);
});

Deno.test("nothing is drawn where a sample has no target, or a run is gone", () => {
  assert.equal(drawn({ hasTarget: true, completions: [first] }, runs([1])), undefined);
  assert.equal(drawn({ hasTarget: false, completions: [first, second] }, runs([1])), undefined);
});
