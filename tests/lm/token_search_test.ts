import assert from "node:assert/strict";
import { PatternError } from "../../lib/lm/pattern.ts";
import { tokenSearch } from "../../lib/lm/token_search.ts";

const TOKENS = [" Cats", "cat", " cat", "Katze", "/a/", "17", "", "\u{1F431}", "\ud800"]
  .map((text, id) => ({ id, text }));

function found(wanted: string): readonly number[] {
  return TOKENS.filter(tokenSearch(wanted)).map(({ id }) => id);
}

Deno.test("tokenSearch() finds a part of a text in any case, and an id", () => {
  assert.deepEqual(found("cat"), [0, 1, 2]);
  assert.deepEqual(found("7"), [5, 7]);
  assert.deepEqual(found("/"), [4]);
  assert.deepEqual(found("(("), []);
});

Deno.test("tokenSearch() finds by a pattern of the text, which is no id; one that cannot be used is refused", () => {
  assert.deepEqual(found("/^ ?cat$/"), [1, 2]);
  assert.deepEqual(found("/[ck]at/i"), [0, 1, 2, 3]);
  assert.deepEqual(found("/^.?$/"), [6, 8]);
  assert.deepEqual(found("/7/"), [5]);
  assert.deepEqual(found("/\\/a\\//"), [4]);
  for (const bad of ["/(/", "/a(?=b)/", `/(a{100}){100}/`]) assert.throws(() => tokenSearch(bad), PatternError, bad);
});
