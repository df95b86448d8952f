/** Templates of prompts, and how a message repeats a value that is none. */
import assert from "node:assert/strict";
import { field, prompt } from "../../lib/lm/prompt.ts";
import { quote } from "../../lib/lm/quote.ts";

Deno.test("prompt`` joins texts, numbers, fields and prompts, byte for byte", () => {
  const inner = prompt`${field("a", "x\0\u202e")}-${2}`;
  const whole = prompt`${""}${inner}${inner}\n${0}`;
  assert.equal(whole.text, "x\0\u202e-2x\0\u202e-2\n0");
  assert.deepEqual(whole.spans, [{ field: "a", start: 0, end: 3 }, { field: "a", start: 5, end: 8 }]);
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
