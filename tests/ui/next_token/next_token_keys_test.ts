/** What keys mean, apart from the page that does it. */
import assert from "node:assert/strict";
import type { Candidate } from "../../../lib/lm/event.ts";
import type { NextToken } from "../../../lib/lm/next.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { withMark } from "../../../lib/ui/next_token/contrast.ts";
import { commandOf } from "../../../lib/ui/next_token/next_token_keys.ts";

function token(id: number) {
  return { id, text: String(id), bytes: [48 + id] };
}

Deno.test("commandOf() takes a candidate after the place that it is listed for, also when another one was asked for in vain", () => {
  const candidates = [7, 8].map((id, index) => ({ token: token(id), rank: index + 1, logprob: -1 }) as Candidate);
  const next = { path: [token(1)], step: { token: token(8) } } as unknown as NextToken;
  const place = { params: DEFAULT_PARAMS, path: [1, 2], next, candidates, focused: undefined, isOpen: false };
  assert.deepEqual(commandOf("1", place), { kind: "go", path: [1, 7] });
  assert.deepEqual(commandOf("s", place), { kind: "go", path: [1, 8] });
  assert.deepEqual(commandOf("Backspace", place), { kind: "go", path: [1] });
  assert.deepEqual(commandOf("2", { ...place, path: [1] }), { kind: "go", path: [1, 8] });
  assert.deepEqual(commandOf("x", { ...place, focused: 8 }), { kind: "mark", id: 8 });
  assert.equal(commandOf("x", place), undefined);
  assert.deepEqual(commandOf("w", place), { kind: "why", focused: undefined });
  assert.equal(commandOf("Escape", place), undefined);
  assert.deepEqual(commandOf("Escape", { ...place, isOpen: true }), { kind: "close" });
});

Deno.test("commandOf() takes the most probable token by its rank, and nothing where the list begins further down", () => {
  const candidates = [3, 51, 52].map((rank) => ({ token: token(rank), rank, logprob: -rank }) as Candidate);
  const place = { params: DEFAULT_PARAMS, path: [], next: undefined, candidates, focused: undefined, isOpen: false };
  assert.equal(commandOf("ArrowRight", place), undefined);
  const whole = [{ token: token(1), rank: 1, logprob: -1 } as Candidate, ...candidates];
  assert.deepEqual(commandOf("ArrowRight", { ...place, candidates: whole }), { kind: "go", path: [1] });
});

Deno.test("commandOf() has no bias for a token that has no number of its vocabulary", () => {
  const candidates = [{ token: { ...token(2), isUnnumbered: true }, rank: 1, logprob: -1 } as Candidate];
  const place = { params: DEFAULT_PARAMS, path: [], next: undefined, candidates, focused: 2, isOpen: false };
  for (const key of ["b", "+", "-"]) {
    assert.equal(commandOf(key, place), undefined, key);
    assert.equal(commandOf(key, { ...place, candidates: [] })?.kind, "params", key);
  }
  assert.deepEqual(commandOf("x", place), { kind: "mark", id: 2 });
});

Deno.test("withMark() keeps the last two that were marked, and takes a mark away", () => {
  assert.deepEqual(withMark(withMark([], 7), 8), [7, 8]);
  assert.deepEqual(withMark([7, 8], 9), [8, 9]);
  assert.deepEqual(withMark([7, 8], 7), [8]);
});
