import assert from "node:assert/strict";
import { TokenBook, ToldTokens } from "../../../lib/generators/onnx/token_book.ts";
import { Tokenizer } from "../../../lib/generators/onnx/tokenizer.ts";
import type { Token } from "../../../lib/lm/token.ts";

const A: Token = { id: 1, text: "a", bytes: [97] };
const B: Token = { id: 2, text: "b", bytes: [98] };

Deno.test("a token goes over once, with whatever reply is the next, and its id is enough from then on", () => {
  const told = new ToldTokens(), book = new TokenBook();
  assert.deepEqual(told.ids([A, B, A]), [1, 2, 1]);
  const news = told.news();
  assert.deepEqual(news, [A, B]);
  book.add(news);
  assert.deepEqual(book.read([2, 1, 1]), [B, A, A]);
  assert.deepEqual(told.ids([B]), [2]);
  assert.deepEqual(told.news(), []);
});

Deno.test("TokenBook.read() names an id that it was never told", () => {
  assert.throws(() => new TokenBook().read([7]), /Cannot read token id 7: the model's thread has not told it/);
});

Deno.test("Tokenizer remembers the ids of the last texts, apart for a text's start and for what goes on", () => {
  const asked: string[] = [];
  const tokenizer = new Tokenizer({
    vocabulary: new Map([["a", 1]]),
    specialIds: new Set(),
    addedIds: new Set(),
    alphabet: "byte-level",
    encode: (text) => (asked.push(text), [0, 1]),
    encodeContinuation: (text) => (asked.push(`+${text}`), [1]),
  });
  assert.deepEqual([tokenizer.encode("a"), tokenizer.encodeContinuation("a"), tokenizer.encode("a")], [[0, 1], [1], [
    0,
    1,
  ]]);
  assert.deepEqual(asked, ["a", "+a"]);
  for (let other = 0; other < 100; other++) tokenizer.encode(`${other}`);
  tokenizer.encode("a");
  assert.equal(asked.filter((text) => text === "a").length, 2);
});
