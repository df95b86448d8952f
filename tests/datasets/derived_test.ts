import assert from "node:assert/strict";
import { changedTexts, derivedRow, editText } from "../../lib/datasets/derived.ts";

Deno.test("a derived row has the edited fields, and the row stays as it is", () => {
  const row = { title: "snow", year: 1905, tags: ["a"] };
  assert.deepEqual(derivedRow(row, { title: "rain\r\n", year: "1906" }), {
    title: "rain\r\n",
    year: 1906,
    tags: ["a"],
  });
  assert.deepEqual(row, { title: "snow", year: 1905, tags: ["a"] });
  assert.equal(derivedRow("one text", { row: "another" }), "another");
});

Deno.test("an edit that does not fit the row is refused with field, value and what was expected", () => {
  const row = { title: "snow", year: 1905 };
  assert.throws(() => derivedRow(row, { titel: "x" }), /Cannot edit field "titel": the row has only "title", "year"/);
  assert.throws(() => derivedRow(row, { __proto__x: "x" }), RangeError);
  assert.throws(() => derivedRow(row, { year: "next" }), /field "year": expected a number as JSON, got "next"/);
  assert.throws(() => derivedRow(row, { year: '"1905"' }), /field "year": expected a number, got a string/);
});

Deno.test("a field named __proto__ is a field like any other", () => {
  const row: unknown = JSON.parse('{"__proto__": "a", "t": "b"}');
  const derived = derivedRow(row, JSON.parse('{"__proto__": "c"}'));
  assert.equal(JSON.stringify(derived), '{"__proto__":"c","t":"b"}');
  assert.equal(Object.getPrototypeOf(derived), Object.prototype);
});

Deno.test("a form's line ends are not an edit, and an edited text keeps those of its field", () => {
  const row = { unix: "a\nb", windows: "a\r\nb", list: ["a", "b"] };
  const sent = { unix: "a\r\nb", windows: "a\r\nb", list: editText(row.list).replaceAll("\n", "\r\n") };
  assert.deepEqual(changedTexts(row, sent), {});
  const unsendable = { nul: "a\0b", half: "a\ud800b" };
  assert.deepEqual(changedTexts(unsendable, { nul: "a\ufffdb", half: "a\ufffdb" }), {});
  assert.deepEqual(changedTexts(row, { unix: "a\r\nc", windows: "a\r\nc" }), { unix: "a\nc", windows: "a\r\nc" });
});
