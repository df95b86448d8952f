import assert from "node:assert/strict";
import fc from "fast-check";
import { formText } from "../../lib/lm/form_text.ts";
import { hostileStrings } from "../rig/hostile_strings.ts";

/** As the HTML standard has it: a script reads LF, a form sends CR LF, and a page holds neither NUL nor half a pair. */
const read = (text: string) => text.replace(/\r\n?/g, "\n");
const sent = (text: string) => read(text).replaceAll("\n", "\r\n").toWellFormed().replaceAll("\0", "\ufffd");

Deno.test("formText() gives a text back code unit for code unit where nothing was changed", () => {
  for (const text of [...hostileStrings(200), "a\ud800b", "one\rtwo\nthree\r\n\nfour\r"]) {
    assert.equal(formText(text, read(text)), text);
    assert.equal(formText(text, sent(text)), text);
  }
});

Deno.test("formText() keeps what stands around a change, and ends new lines as the text does", () => {
  const cases = [
    ["a\r\nb\nc\0d", "a\nb\nc\ufffdd!", "a\r\nb\nc\0d!"],
    ["a\r\nb", "a\r\nx\r\nb", "a\r\nx\r\nb"],
    ["a\nb", "a\r\nx\r\nb", "a\nx\nb"],
    ["", "a\r\nb", "a\nb"],
    ["aa", "a", "a"],
    ["one\rtwo", "one\ntwo\n", "one\rtwo\n"],
    ["\u{1f600}", "\u{1f601}", "\u{1f601}"],
  ] as const;
  for (const [before, after, wanted] of cases) assert.equal(formText(before, after), wanted);
});

Deno.test("formText() is what was typed where neither text has anything that a form changes", () => {
  const plain = fc.string({ unit: "grapheme" }).map((text) => text.replace(/[\r\0\ufffd]/g, ""));
  fc.assert(fc.property(plain, plain, (before, after) => assert.equal(formText(before, after), after)));
});
