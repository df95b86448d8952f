import assert from "node:assert/strict";
import * as v from "valibot";
import { rows } from "../../lib/datasets/dataset.ts";
import { jsonl, parseJsonl } from "../../lib/datasets/jsonl.ts";

const BASE = new URL("file:///nowhere/");

Deno.test("parseJsonl() reads LF and CRLF, with and without BOM and last line end", () => {
  for (const text of ['{"a":1}\n{"a":2}', '\uFEFF{"a":1}\r\n{"a":2}\r\n', '\n{"a":1}\n\n{"a":2}\n']) {
    const dataset = parseJsonl<{ a: number }>(text, "x.jsonl");
    assert.equal(dataset.size, 2);
    assert.deepEqual(dataset.row(1), { a: 2 });
    assert.deepEqual(dataset.problems, []);
  }
});

Deno.test("parseJsonl() gives whole numbers that a number does not hold as texts", () => {
  const line =
    '{"id":1234567890123456789,"ids":[-9007199254740993,9007199254740991],"p":0.12345678901234567,"e":1e300}';
  assert.deepEqual(parseJsonl(line, "x.jsonl").row(0), {
    id: "1234567890123456789",
    ids: ["-9007199254740993", 9007199254740991],
    p: 0.12345678901234567,
    e: 1e300,
  });
});

Deno.test("parseJsonl() leaves out what is no object, and names each line with what it got", () => {
  const dataset = parseJsonl('{"a":1}\n5\n[1]\nnull\n{"a":\n{"a":2}', "x.jsonl");
  assert.equal(dataset.size, 2);
  assert.deepEqual(dataset.problems.map(({ line }) => line), [2, 3, 4, 5]);
  assert.match(dataset.problems[0]?.message ?? "", /Cannot read line 2 of "x.jsonl": expected an object, got a number/);
  assert.match(dataset.problems[1]?.message ?? "", /got an array/);
});

Deno.test("parseJsonl() checks rows against a schema and names line and field", () => {
  const schema = v.object({ text: v.string("expected a text") });
  const dataset = parseJsonl('{"text":"a"}\n{"text":1}', "x.jsonl", schema);
  assert.equal(dataset.size, 1);
  assert.match(dataset.problems[0]?.message ?? "", /line 2 of "x.jsonl": field "text": expected a text/);
});

Deno.test("parseJsonl() refuses a file without a single row, with its first problem", () => {
  assert.throws(() => parseJsonl("", "x.jsonl"), /Cannot read "x.jsonl"/);
  assert.throws(() => parseJsonl("5", "x.jsonl"), /line 1 of "x.jsonl"/);
});

Deno.test("parseJsonl() keeps hostile values as they are and touches no prototype", () => {
  const values = ["\0", "\u202E", "👩‍👩‍👧", "<script>", "a".repeat(100_000)];
  const dataset = parseJsonl<{ text: string }>(values.map((text) => JSON.stringify({ text })).join("\n"), "x");
  for (const [index, text] of values.entries()) assert.equal((dataset.row(index) as { text: string }).text, text);
  parseJsonl('{"__proto__":{"polluted":true}}', "x");
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

Deno.test("row() names the range of samples", () => {
  const dataset = parseJsonl('{"a":1}\n{"a":2}', "x.jsonl");
  for (const index of [-1, 2, 0.5, NaN]) assert.throws(() => dataset.row(index), /whole number from 0 to 1/);
});

Deno.test("jsonl() names a file that is not there, or is no text", async () => {
  await assert.rejects(jsonl("gone.jsonl").open(BASE), /Cannot open "gone.jsonl": no such file/);
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(`${folder}/bad.jsonl`, Uint8Array.of(0xff, 0xfe, 0x00));
  await assert.rejects(jsonl("bad.jsonl").open(new URL(`file://${folder}/`)), /bad.jsonl.*UTF-8/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("rows() gives the samples it was given", async () => {
  const dataset = await rows([{ a: 1 }]).open(BASE);
  assert.deepEqual([dataset.size, await dataset.row(0)], [1, { a: 1 }]);
  assert.throws(() => dataset.row(1), /from 0 to 0/);
});
