import assert from "node:assert/strict";
import { tokenBytes, Tokenizer } from "../../../lib/generators/onnx/tokenizer.ts";
import { detokenize } from "../../../lib/lm/detokenize.ts";
import { readGolden, TINY_MODELS, withModel } from "./tiny_models.ts";

const HOSTILE = [
  "plain",
  " ",
  "   leading and trailing   ",
  "\r\n\t\v\f\0\x7f",
  "\u00a0\u00ad\u200b\u200d\ufeff",
  "é e\u0301 Ünïcödé ß",
  "日本語 العربية עברית हिन्दी",
  "🦕👩‍👩‍👧🏳️‍🌈🇩🇪",
  "Ġcat Ċ ▁x <0x0A> ⟨unused 3⟩",
  "can't we'll 12345 ___ !!!",
  "\u{10FFFF}\u{E000}\uFFFD",
  "a".repeat(300),
];

Deno.test("tokenBytes undoes GPT-2's alphabet", () => {
  assert.deepEqual(tokenBytes("Ġcat", "byte-level"), [0x20, 0x63, 0x61, 0x74]);
  assert.deepEqual(tokenBytes("Ċ", "byte-level"), [0x0A]);
  assert.deepEqual(tokenBytes("Ã©", "byte-level"), [0xC3, 0xA9]);
  assert.deepEqual(tokenBytes("ð", "byte-level"), [0xF0], "a part of a character");
  assert.deepEqual(tokenBytes("Ń", "byte-level"), [0xAD], "the last of the shifted bytes");
  assert.deepEqual(tokenBytes("日", "byte-level"), [0xE6, 0x97, 0xA5], "outside of the alphabet: itself");
});

Deno.test("tokenBytes undoes SentencePiece's marks", () => {
  assert.deepEqual(tokenBytes("▁cat", "sentencepiece"), [0x20, 0x63, 0x61, 0x74]);
  assert.deepEqual(tokenBytes("<0x0A>", "sentencepiece"), [0x0A]);
  assert.deepEqual(tokenBytes("<0xF0>", "sentencepiece"), [0xF0]);
  assert.deepEqual(tokenBytes("<0xZZ>", "sentencepiece"), [..."<0xZZ>"].map((character) => character.charCodeAt(0)));
});

Deno.test("special, added and unused tokens", () => {
  const tokenizer = new Tokenizer({
    vocabulary: new Map([["<end>", 0], ["Ġhi", 1], ["Ġadded", 2]]),
    specialIds: new Set([0]),
    addedIds: new Set([0, 2]),
    alphabet: "byte-level",
    encode: () => [1],
    encodeContinuation: () => [],
  });
  assert.deepEqual(tokenizer.token(0), { id: 0, text: "<end>", bytes: [], special: true });
  assert.deepEqual(tokenizer.token(1), { id: 1, text: " hi", bytes: [0x20, 0x68, 0x69] });
  assert.equal(tokenizer.token(2).text, "Ġadded", "an added token is its own text");
  assert.deepEqual(tokenizer.token(99), { id: 99, text: "⟨unused 99⟩", bytes: [], special: true });
  assert.deepEqual(
    [3, 2, 1, 0].map((logits) => tokenizer.sizeWithin(logits)),
    [3, 2, 2, 1],
    "of 0 and 2 that were added",
  );
});

for (const name of TINY_MODELS) {
  Deno.test(`${name}: ids are those of Python, and their bytes are the text's`, async () => {
    await withModel(name, async (generator) => {
      for (const { text, ids } of readGolden(name)) {
        const tokens = await generator.tokenize?.(text);
        assert.deepEqual(tokens?.map(({ id }) => id), ids);
      }
      for (const text of HOSTILE) {
        const tokens = await generator.tokenize?.(text) ?? [];
        const bytes = tokens.flatMap((token) => token.bytes);
        assert.deepEqual(bytes, [...new TextEncoder().encode(text)], JSON.stringify(text));
        assert.equal(detokenize(tokens), text);
      }
    });
  });
}
