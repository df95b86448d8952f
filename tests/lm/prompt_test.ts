/** Templates of prompts, and how a message repeats a value that is none. */
import assert from "node:assert/strict";
import { blankPrompt, field, fieldsOf, prompt, promptPart, toPrompt } from "../../lib/lm/prompt.ts";
import { quote } from "../../lib/lm/quote.ts";

Deno.test("prompt`` joins texts, numbers, fields and prompts, byte for byte", () => {
  const inner = prompt`${field("a", "x\0\u202e")}-${2}`;
  const whole = prompt`${""}${inner}${inner}\n${0}`;
  assert.equal(whole.text, "x\0\u202e-2x\0\u202e-2\n0");
  assert.deepEqual(whole.spans, [{ field: "a", start: 0, end: 3 }, { field: "a", start: 5, end: 8 }]);
});

Deno.test("promptPart() has the text between two places, with the fields that begin there", () => {
  const whole = prompt`ab${field("x", "cde")}f${field("y", "g")}`;
  assert.deepEqual(promptPart(whole, 1, 4), { text: "bcd", spans: [{ field: "x", start: 1, end: 3 }] });
  assert.deepEqual(promptPart(whole, 3, 7), { text: "defg", spans: [{ field: "y", start: 3, end: 4 }] });
});

Deno.test("prompt`` refuses what is no text, as it would leave it out or write it in JavaScript's words", () => {
  const untyped = (value: unknown) => value as string;
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, "undefined"],
    [null, "null"],
    [false, "false"],
    [["a"], '["a"]'],
    [{ text: "a" }, '{"text":"a"}'],
    [Promise.resolve("a"), "a promise"],
    [() => "a", "a function"],
  ];
  // Written as a number is; a reader of one's own may give it.
  assert.equal(prompt`${untyped(10n ** 20n)}`.text, "100000000000000000000");
  for (const [value, got] of cases) {
    const message = `Cannot use value 2 of a prompt, after " Q: ": expected a text, a number or field(…), got ${got}`;
    assert.throws(() => prompt`${1} Q: ${untyped(value)} A:`, { name: "TypeError", message });
  }
  assert.throws(() => prompt`${untyped(undefined)} A:`, /Cannot use value 1 of a prompt: expected .*, got undefined$/);
});

Deno.test("fieldsOf() names each field of a prompt once", () => {
  const text = prompt`${field("a", "1")} ${field("b", "2")} ${field("a", "3")}`;
  assert.deepEqual([fieldsOf(text), fieldsOf(toPrompt("a"))], [["a", "b"], []]);
});

Deno.test("blankPrompt() leaves every field's value out, or each place of the named ones alone, byte for byte", () => {
  assert.equal(blankPrompt(prompt`Q: ${field("q", "why?")} A:`), "Q:  A:");
  assert.equal(blankPrompt(prompt`${field("a", "1")}${field("b", "2")}!`), "!");
  assert.equal(blankPrompt({ text: "plain", spans: [] }), "plain");
  const talk = prompt`<${field("me", "x\0")}|${field("you", "\ud800\u202e")}|${field("me", "👨‍👩‍👧")}>${field("no", "")}`;
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], "<x\0|\ud800\u202e|👨‍👩‍👧>"],
    [["me"], "<|\ud800\u202e|>"],
    [["you"], "<x\0||👨‍👩‍👧>"],
    [["you", "me", "you"], "<||>"],
    [["no"], "<x\0|\ud800\u202e|👨‍👩‍👧>"],
  ];
  for (const [fields, text] of cases) assert.equal(blankPrompt(talk, fields), text, fields.join());
});

Deno.test("blankPrompt() of a prompt that was written by hand keeps what no left-out span covers", () => {
  const text = "0123456789";
  const spans = [{ field: "a", start: 2, end: 8 }, { field: "b", start: 4, end: 6 }, { field: "c", start: 6, end: 9 }];
  const blank = [["a"], ["b"], ["a", "c"], ["b", "c"]].map((fields) => blankPrompt({ text, spans }, fields));
  assert.deepEqual(blank, ["0189", "01236789", "019", "01239"]);
});

Deno.test("field() and quote() never fail on the value that they repeat", () => {
  assert.throws(() => field("q", 5n as unknown as string), /Cannot mark field "q": expected a text, got 5n/);
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const cases: readonly (readonly [unknown, string])[] = [
    ["", '""'],
    ["a\n\0", '"a\\n\\u0000"'],
    ["x".repeat(70), `"${"x".repeat(63)}…`],
    [NaN, "NaN"],
    [-0, "0"],
    [-Infinity, "-Infinity"],
    [5n, "5n"],
    [[5n], "a list"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "a symbol"],
    [class {}, "a function"],
    [circle, "an object"],
    [{ toJSON: () => undefined }, "an object"],
    [
      {
        toJSON() {
          throw new Error("never");
        },
      },
      "an object",
    ],
    [Promise.resolve(1), "a promise"],
    [{ a: [1] }, '{"a":[1]}'],
  ];
  for (const [value, text] of cases) assert.equal(quote(value), text);
});
