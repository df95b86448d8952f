/** Inputs take their own values alone, from code and from clients. */
import assert from "node:assert/strict";
import { checkbox, choiceInput, markdown, numberInput, radioInput, rangeInput, textInput } from "../../lib/mod.ts";
import { markdownSpans } from "../../lib/elements/text/markdown_spans.ts";

Deno.test("inputs refuse what is not one of their values, and say what is", () => {
  const number = numberInput("Number", { min: 0, max: 10 });
  const tenths = rangeInput("T", { min: 0, max: 1, step: 0.1 });
  const choice = choiceInput("Choice", ["a", "b"]);
  const check = checkbox("Check");
  const radio = radioInput("Radio", ["a", "b"]);
  const text = textInput("Text", "", { maxLength: 5 });
  const cases: readonly [{ check(value: unknown): string | undefined }, unknown, RegExp | undefined][] = [
    [number, 5, undefined],
    [number, -5, /Number must be a number from 0 to 10, got -5/],
    [number, 99999, /got 99999/],
    [number, 2.5, /in steps of 1/],
    [number, "5", /got "5"/],
    [number, null, /got null/],
    [number, NaN, /got NaN/],
    [number, [5], /got \[5\]/],
    [number, 5n, /got 5n/],
    [number, () => 5, /got a function/],
    [tenths, 0.3, undefined],
    [tenths, 0.7000000000000001, undefined],
    [tenths, 0.35, /steps of 0.1/],
    [choice, "b", undefined],
    [choice, "c", /must be one of "a", "b", got "c"/],
    [choice, "__proto__", /got "__proto__"/],
    [check, true, undefined],
    [check, "true", /must be true or false, got "true"/],
    [radio, undefined, /one of/],
    [text, "12345", undefined],
    [text, "123456", /at most 5 characters/],
    [text, 1, /got 1/],
    [textInput("Long"), "x".repeat(300_000), /at most 200000 characters, got "x{63}…/],
  ];
  for (const [input, value, wanted] of cases) {
    const fault = input.check(value);
    if (wanted === undefined) assert.equal(fault, undefined, String(value));
    else assert.match(fault ?? "", wanted);
  }
});

Deno.test("inputs cannot be created or set with a value that they do not have", () => {
  assert.throws(() => numberInput("N", { min: 0, max: 1, value: 7 }), /from 0 to 1, got 7|must be a number/);
  assert.throws(() => numberInput("N", { min: 2, max: 1 }), RangeError);
  assert.throws(() => choiceInput("C", []), /has no choices/);
  assert.throws(() => numberInput("N", { min: 0, max: 5 }).set(9), /Cannot set "N" to 9/);
});

Deno.test("setRange() leaves a value that the input takes", () => {
  const moved = [[1, 9], [0, 3], [20, 30], [0.5, 10]].map(([min = 0, max = 0]) => {
    const number = numberInput("N", { min: 0, max: 10, step: 2, value: 4 });
    number.setRange(min, max);
    assert.equal(number.check(number.value), undefined);
    return number.value;
  });
  assert.deepEqual(moved, [3, 2, 20, 2.5]);
  const tenths = numberInput("T", { min: 0, max: 1, step: 0.1, value: 0.9 });
  tenths.setRange(0, 0.35);
  assert.equal(tenths.value, 0.3);
  const moment = numberInput("M", { min: 0, max: 2e12, step: 60_000, value: 1_700_000_040_000 });
  moment.setRange(1_700_000_000_002, 1_800_000_000_000);
  assert.equal(moment.check(moment.value), undefined);
  assert.throws(() => tenths.setRange(0, Infinity), /expected min ≤ max, got 0, Infinity/);
  assert.throws(() => tenths.setRange(2, 1), /expected min ≤ max, got 2, 1/);
});

Deno.test("setChoices() keeps the value while it is there, and else takes the first", () => {
  const choice = choiceInput("C", ["a", "b", "c"]);
  choice.set("b");
  choice.setChoices(["c", "b"]);
  assert.equal(choice.value, "b");
  choice.setChoices(["c", "a"]);
  assert.equal(choice.value, "c");
  const radio = radioInput("R", ["", "a", "b"], { deselects: true });
  radio.set("");
  radio.setChoices(["", "b"]);
  assert.equal(radio.value, "", "an empty text is a choice as any other");
  radio.setChoices(["b"]);
  assert.equal(radio.value, undefined);
});

Deno.test("a radio that deselects starts with none and forgets after sending; a text that blanks is emptied", () => {
  const radio = radioInput("R", ["a", "b"], { deselects: true });
  assert.equal(radio.value, undefined);
  radio.accept(null); // As JSON has it.
  assert.deepEqual([radio.value, radio.changed], [undefined, false]);
  radio.accept("b");
  assert.equal(radio.value, "b");
  radio.sent();
  assert.equal(radio.value, undefined);
  const text = textInput("T", "hello", { blanks: true });
  text.sent();
  assert.equal(text.value, "");
});

Deno.test("changed tells whether the last click brought another value", () => {
  const check = checkbox("C");
  check.accept(true);
  assert.equal(check.changed, true);
  check.accept(true);
  assert.equal(check.changed, false);
});

Deno.test("markdownSpans() knows bold, italic, code and links, and leaves everything else", () => {
  const plain = (text: string) => [{ type: "text", text }];
  assert.deepEqual(markdownSpans("a **b** *c* `d`"), [
    { type: "text", text: "a " },
    { type: "bold", spans: plain("b") },
    { type: "text", text: " " },
    { type: "italic", spans: plain("c") },
    { type: "text", text: " " },
    { type: "code", text: "d" },
  ]);
  assert.deepEqual(markdownSpans("[x](https://a.b/c)"), [{ type: "link", href: "https://a.b/c", spans: plain("x") }]);
  for (
    const text of ["2*3*4", "**", "a ** b", "*", "[x](javascript:alert(1))", "[x](//evil)", "<b>", "`", "*a\nb*", ""]
  ) {
    assert.deepEqual(markdownSpans(text), text === "" ? [] : plain(text), text);
  }
  assert.equal(markdown("**x**").state.text, "**x**");
});
