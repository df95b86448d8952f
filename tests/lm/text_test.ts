import assert from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import { detokenize, Detokenizer } from "../../lib/lm/detokenize.ts";
import { field, type Prompt, prompt } from "../../lib/lm/prompt.ts";
import { visibleText } from "../../lib/lm/visible_text.ts";
import { paramsFromWire, paramsSchema } from "../../lib/lm/wire.ts";
import { decodeWire, encodeWire } from "../../lib/lm/wire_text.ts";
import { displayTokens } from "../../lib/ui/token/token_display.ts";
import { tokenFields } from "../../lib/ui/token/token_fields.ts";

const HOSTILE = ["", "\0", "\uD800", "a\u202Eb", "👩‍👩‍👧‍👦", "é\u0301", "<script>&lt;", "a".repeat(1_000_000)];

function token(bytes: readonly number[]) {
  return { id: 1, text: "?", bytes };
}

Deno.test("Detokenizer hands out whole characters only, wherever their bytes are cut", () => {
  const text = "a👩‍👩‍👧é日";
  const bytes = [...new TextEncoder().encode(text)];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const detokenizer = new Detokenizer();
    const pieces = [token(bytes.slice(0, cut)), token(bytes.slice(cut))].map((part) => detokenizer.push(part));
    assert.ok(!pieces.join("").includes("\uFFFD"));
    assert.equal(pieces.join("") + detokenizer.flush(), text);
  }
});

Deno.test("detokenize() shows U+FFFD for bytes that are no character, and skips special tokens", () => {
  assert.equal(detokenize([token([0xff]), token([97])]), "\uFFFDa");
  assert.equal(detokenize([token([0xe2, 0x96])]), "\uFFFD");
  assert.equal(detokenize([token([97]), { id: 0, text: "<end>", bytes: [], special: true }]), "a");
});

Deno.test("displayTokens() shows open bytes as bytes, and the character at the token that completes it", () => {
  const shown = displayTokens([token([97]), token([0xe2, 0x96]), token([0x81]), token([0xc3]), token([98])]);
  assert.deepEqual(shown.map(({ text }) => text), ["a", "⟨E2 96⟩", "▁", "⟨C3⟩", "b"]);
});

Deno.test("prompt`` remembers where its fields stand and keeps every value as it is", () => {
  for (const value of HOSTILE) {
    const made = prompt`Q: ${field("q", value)}\n${field("q", value)} A:`;
    assert.equal(made.text, `Q: ${value}\n${value} A:`);
    for (const { start, end, field: name } of made.spans) {
      assert.equal(made.text.slice(start, end), value);
      assert.equal(name, "q");
    }
  }
});

Deno.test("prompt`` joins prompts and moves their spans", () => {
  const inner = prompt`<${field("a", "1")}>`;
  const outer = prompt`${field("b", "22")}${inner}${3}`;
  assert.equal(outer.text, "22<1>3");
  assert.deepEqual(outer.spans, [{ field: "b", start: 0, end: 2 }, { field: "a", start: 3, end: 4 }]);
});

Deno.test("visibleText() marks what cannot be seen and leaves what can", () => {
  assert.equal(visibleText("a\nb\t\u202E\u200B\0"), "a↵b⇥⟨U+202E⟩⟨U+200B⟩␀");
  assert.equal(visibleText("\uD800"), "⟨U+D800⟩");
  for (const plain of ["é日本👩‍👩‍👧 مرحبا", "<b>&amp;"]) assert.equal(visibleText(plain), plain);
});

Deno.test("visibleText() marks whatever Unicode says is drawn as nothing, wherever it stands, the joiner apart", () => {
  const ignored = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) =>
    /\p{Default_Ignorable_Code_Point}/u.test(String.fromCodePoint(code)) && code !== 0x200d
  );
  assert.ok(ignored.length > 4_000);
  for (const code of ignored) {
    const mark = `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
    const character = String.fromCodePoint(code);
    assert.equal(visibleText(`a${character}`), `a${mark}`);
    // After one that may stand there, as after an emoji, the next is hidden text.
    assert.equal(visibleText(`❤\uFE0F${character}`), `❤\uFE0F${mark}`);
  }
  const hidden = [..."hi"].map((letter) => String.fromCodePoint(0xe0100 + (letter.codePointAt(0) ?? 0) - 16)).join("");
  assert.equal(visibleText(`😊${hidden}`), "😊⟨U+E0158⟩⟨U+E0159⟩");
});

Deno.test("visibleText() leaves the selectors of emoji, keycaps and ideographs, which have variants", () => {
  for (const plain of ["❤️", "❤️‍🔥", "🏳️‍🌈", "☎︎", "1️⃣", "#️⃣", "*️⃣", "©️", "㐂︀", "葛︀", "👁️‍🗨️"]) {
    assert.equal(visibleText(plain), plain, plain);
  }
  for (const base of ["é", "-", "a", "й"]) assert.equal(visibleText(`${base}\uFE0F`), `${base}⟨U+FE0F⟩`);
  for (const plain of ["葛\u{E0100}城市", "辻\u{E0101}", "ᠬ\u180Bᠠ"]) assert.equal(visibleText(plain), plain);
  assert.equal(visibleText("葛\u{E0100}\u{E0148}"), "葛\u{E0100}⟨U+E0148⟩", "one after each");
  for (const base of ["a", "😀"]) assert.equal(visibleText(`${base}\u{E0100}`), `${base}⟨U+E0100⟩`);
});

Deno.test("decodeWire() is the inverse of encodeWire(), −∞ included", () => {
  const candidate = { token: token([0]), finalLogprob: -Infinity, excludedBy: "top_k", top: [{ restLogprob: -1 }] };
  assert.match(encodeWire(candidate), /"final_logprob":null/);
  assert.deepEqual(decodeWire(encodeWire(candidate)), candidate);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.deepEqual(decodeWire(encodeWire({ detail: text })), { detail: text });
  }));
});

Deno.test("encodeWire() renames keys alone, whatever a text holds that looks like one", () => {
  const piece = fc.constantFrom('"', "\\", "{", ",", ":", "aB", '{"aB":1}', ',\\"cD":', "\n");
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  fc.assert(fc.property(text, text, (one, other) => {
    const wire = encodeWire({ aB: one, list: [one, { cD: other }], last: other });
    assert.deepEqual(JSON.parse(wire), { a_b: one, list: [one, { c_d: other }], last: other });
  }));
});

Deno.test("paramsSchema names the range of what it refuses, and refuses what it does not know", () => {
  const cases: readonly [Record<string, unknown>, RegExp][] = [
    [{ temperature: 3 }, /a number from 0 to 2/],
    [{ temperature: "hot" }, /a number from 0 to 2/],
    [{ n: 1.5 }, /a whole number from 1 to 16/],
    [{ top_p: 0 }, /from 0.01 to 1/],
    [{ stop: Array(9).fill("x") }, /at most 8 texts/],
    [{ logit_bias: { x: 1 } }, /token ids/],
  ];
  for (const [params, message] of cases) {
    const parsed = v.safeParse(paramsSchema, params);
    assert.ok(!parsed.success);
    assert.match(parsed.issues[0].message, message);
  }
  assert.ok(!v.safeParse(paramsSchema, { temprature: 1 }).success);
  assert.equal(paramsFromWire({ logit_bias: { "5": null } }).logitBias[5], -Infinity);
});

Deno.test("tokenFields() names the field of each token, past special tokens that stand in the text and that do not", () => {
  const bytes = (text: string) => [...new TextEncoder().encode(text)];
  const token = (text: string, id: number) => ({ id, text, bytes: bytes(text) });
  const special = (text: string, id: number) => ({ id, text, bytes: [], special: true });
  const asked = prompt`<|a|>${field("x", "né")}: ${field("y", "b")}!`;
  const half = { id: 9, text: "�", bytes: bytes("é").slice(0, 1) },
    rest = { id: 10, text: "�", bytes: bytes("é").slice(1) };
  const tokens = [special("<s>", 1), special("<|a|>", 2), token("n", 3), half, rest, token(": b", 4), token("!", 5)];
  assert.deepEqual(tokenFields(asked, tokens), [undefined, undefined, "x", "x", "x", undefined, undefined]);
});

/** The fields of tokens that are written as texts; special ones in angle brackets. */
function fieldsOf(asked: Prompt, texts: readonly string[]) {
  const tokens = texts.map((text, id) => {
    const isSpecial = /^<.*>$/.test(text);
    return { id, text, bytes: isSpecial ? [] : [...new TextEncoder().encode(text)], special: isSpecial };
  });
  return tokenFields(asked, tokens);
}

Deno.test("tokenFields() follows tokenizers that write a space before a text, as one token with it or by itself", () => {
  const asked = prompt`Write ${field("x", "a")} b`;
  const wanted = [undefined, undefined, "x", undefined];
  assert.deepEqual(fieldsOf(asked, ["<s>", " Write ", "a", " b"]), wanted);
  assert.deepEqual(fieldsOf(asked, [" ", "Write ", "a", " b"]), wanted);
  assert.deepEqual(fieldsOf(prompt` ${field("x", "a")}!`, ["<s>", " ", " a", "!"]), [
    undefined,
    undefined,
    "x",
    undefined,
  ]);
  assert.deepEqual(fieldsOf(prompt`${field("x", "a")} b`, [" a", "b"]), ["x", undefined], "only there");
  assert.deepEqual(fieldsOf(prompt`a${field("x", "bb")}`, ["a", " b", "b"]), [undefined, undefined, "x"], "not later");
});

Deno.test("tokenFields() follows special tokens that take the whitespace after them, and those before which none is", () => {
  const asked = prompt`<|user|>\n${field("x", "Hi")} you<|end|>\n<|assistant|>\n`;
  const texts = ["<|user|>", " Hi", " you", "<|end|>", "<|assistant|>"];
  assert.deepEqual(fieldsOf(asked, texts), [undefined, "x", undefined, undefined, undefined]);
  const kept = ["<|user|>", "\n", "Hi", " you", "<|end|>", "\n", "<|assistant|>", "\n"];
  assert.deepEqual(fieldsOf(asked, kept).indexOf("x"), 2);
  const second = prompt`<|user|>\nHi<|end|>\n<|user|>\n${field("x", "日本")}`;
  const ids = ["<s>", "<|user|>", " Hi", "<|end|>", "<|user|>", " ", "日", "本"];
  assert.deepEqual(fieldsOf(second, ids), [...Array(6).fill(undefined), "x", "x"]);
});
