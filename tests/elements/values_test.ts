/** Elements that show values as they are: code, JSON, images, progress. */
import assert from "node:assert/strict";
import { code } from "../../lib/elements/code/code.ts";
import { image } from "../../lib/elements/image/image.ts";
import { branchesOf, sizeOf } from "../../lib/elements/json/branches.ts";
import { json } from "../../lib/elements/json/json.ts";
import { Page } from "../../lib/elements/page.ts";
import { progress } from "../../lib/elements/progress/progress.ts";

Deno.test("code() keeps every character, and append() lengthens it", () => {
  for (const text of ["", "\0", "\u202Eabc", "\uD800", "👨‍👩‍👧", "<b>", "x".repeat(1_000_000)]) {
    assert.equal(code(text).state.text, text);
  }
  const shown = code("a", { language: "ts" });
  shown.append("\n\tb");
  assert.deepEqual(shown.state, { text: "a\n\tb", language: "ts" });
});

Deno.test("json() takes any JSON value, keys such as __proto__ included", () => {
  const hostile: unknown = JSON.parse('{"__proto__": {"x": 1}, "element": "y", "value": [null, true, "\\u0000"]}');
  for (const value of [null, 0, -0.5, "", "\uD800", [], {}, [[]], hostile]) {
    assert.deepEqual(JSON.parse(json(value).state.text), value);
  }
  assert.equal(json({ a: undefined, b: [undefined] }).state.text, '{"b":[null]}');
  assert.equal(json({ at: new Date(0) }).state.text, '{"at":"1970-01-01T00:00:00.000Z"}');
});

Deno.test("json() names the path of what it refuses", () => {
  const circle: Record<string, unknown> = { a: [{}] };
  circle.a = [0, { "b c": circle }];
  const deep: unknown = JSON.parse("[".repeat(200) + "]".repeat(200));
  const cases: readonly [unknown, RegExp][] = [
    [circle, /^Cannot show JSON: \$\.a\[1\]\["b c"\] is \$ again/],
    [{ loss: [1, NaN] }, /\$\.loss\[1\] is NaN/],
    [{ big: 1n }, /\$\.big is a bigint/],
    [{ f: () => {} }, /\$\.f is a function/],
    [new Map([[1, 2]]), /\$ is a Map/],
    [{ bytes: new Uint8Array(2) }, /\$\.bytes is a Uint8Array/],
    [undefined, /\$ is undefined/],
    [deep, /is deeper than 100 levels/],
  ];
  for (const [value, message] of cases) assert.throws(() => json(value), { name: "TypeError", message });
  const shared = { x: 1 };
  assert.equal(json([shared, shared]).state.text, '[{"x":1},{"x":1}]');
});

Deno.test("branchesOf() folds long lists in chunks of a hundred, and chunks in chunks", () => {
  const names = (length: number) =>
    branchesOf({ name: undefined, value: Array.from({ length }, (_, index) => index), chunk: undefined })
      .map(({ name }) => name);
  assert.equal(names(100).length, 100);
  assert.deepEqual(names(250), ["0 … 99", "100 … 199", "200 … 249"]);
  assert.deepEqual(names(20_001), ["0 … 9999", "10000 … 19999", "20000 … 20000"]);
  const value = Array.from({ length: 250 }, (_, index) => index);
  const [, , last] = branchesOf({ name: undefined, value, chunk: undefined });
  assert.deepEqual(last && branchesOf(last).at(-1), { name: 249, value: 249, chunk: undefined });
  assert.equal(sizeOf({ a: [1, 2], b: {} }, 100), 5);
  assert.equal(sizeOf(value, 10), 10);
});

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

Deno.test("image() tells PNG, JPEG, WebP and GIF by their first bytes", () => {
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
  const cases: readonly [Uint8Array, string][] = [
    [PNG, "image/png"],
    [latin("\xFF\xD8\xFF\xE0rest"), "image/jpeg"],
    [latin("RIFF\x10\0\0\0WEBPVP8 "), "image/webp"],
    [latin("GIF89a......"), "image/gif"],
    [latin("GIF87a......"), "image/gif"],
  ];
  for (const [bytes, type] of cases) {
    const { source } = image(bytes, { alt: "" }).state;
    assert.equal(source, `data:${type};base64,${btoa(String.fromCharCode(...bytes))}`);
    assert.equal(image(source, { alt: "" }).state.source, source);
  }
  const big = new Uint8Array(100_000);
  big.set(PNG);
  assert.equal(atob(image(big, { alt: "" }).state.source.split(",")[1] ?? "").length, 100_000);
});

Deno.test("image() refuses SVG, other formats and URLs, and says what it expected", () => {
  const svg = new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>");
  const cases: readonly (Uint8Array | string)[] = [
    svg,
    new Uint8Array(),
    "",
    "https://example.org/a.png",
    "javascript:alert(1)",
    `data:image/svg+xml;base64,${btoa("<svg/>")}`,
    "data:image/png,abc",
    `data:text/html;base64,${btoa("<b>")}`,
    `data:image/png;base64,${btoa("GIF89a......")}`,
    `data:image/png;base64,${btoa("<svg/>")}`,
    "data:image/png;base64,iVBORw0KGgo=\n",
  ];
  for (const source of cases) {
    assert.throws(() => image(source, { alt: "" }), {
      name: "TypeError",
      message: /expected a PNG, JPEG, WebP or GIF/,
    });
  }
  assert.throws(() => image(PNG, { alt: "a", width: 0 }), /its width must be a whole number above 0, got 0/);
  const shown = image(PNG, { alt: "before", height: 8 });
  assert.throws(() => shown.set(svg), TypeError);
  assert.equal(shown.state.alt, "before");
});

Deno.test("progress() refuses what is not between 0 and the total", () => {
  const epochs = progress("Epochs", { of: 10 });
  const page = new Page();
  page.add(epochs);
  page.snapshot();
  epochs.set(3);
  assert.deepEqual(page.take(), [{ element: "progress", set: { done: 3 } }]);
  for (const done of [-1, 11, NaN, Infinity]) {
    assert.throws(() => epochs.set(done), { message: new RegExp(`"Epochs": .* from 0 to 10, got ${done}`) });
  }
  assert.throws(() => epochs.setTotal(2), /from 0 to 2, got 3/);
  assert.throws(() => epochs.setTotal(NaN), /expected a number from 0, got NaN/);
  epochs.setTotal(undefined);
  assert.deepEqual(page.take(), [{ element: "progress", set: { of: null } }]);
  epochs.set(400);
});
