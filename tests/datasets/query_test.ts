import assert from "node:assert/strict";
import { parseCondition } from "../../lib/datasets/condition.ts";
import { rows } from "../../lib/datasets/dataset.ts";
import { fieldNumber, fieldText } from "../../lib/datasets/field_text.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import { checkQueries, QUERY_ROWS } from "./query_cases.ts";

Deno.test("queryRows() answers every question by looking at each row", async () => {
  await checkQueries(await rows(QUERY_ROWS).open(new URL("file:///nowhere/")));
});

Deno.test("queryRows() shows a row that throws with its reason, and finds others", async () => {
  const dataset = {
    size: 3,
    problems: [],
    row(index: number) {
      if (index === 1) throw new Error("broken here");
      return { text: `row ${index}` };
    },
  };
  const { rows: found } = await queryRows(dataset, { offset: 0, limit: 10 });
  assert.deepEqual(found[1], { index: 1, fault: "broken here" });
  const searched = await queryRows(dataset, { search: "row", offset: 0, limit: 10 });
  assert.deepEqual(searched.rows.map(({ index }) => index), [0, 2]);
});

Deno.test("queryRows() gives others their turn in a long search, and stops when it is given up", async () => {
  const controller = new AbortController();
  const dataset = { size: 1_000_000, problems: [], row: (index: number) => ({ index }) };
  const search = queryRows(dataset, { search: "x", offset: 0, limit: 1, signal: controller.signal });
  setTimeout(() => controller.abort());
  await assert.rejects(search, { name: "AbortError" });
});

Deno.test("fieldText() takes leaves, one a line, and touches no text", () => {
  for (const text of ["", "\0", "\ud800", "\u202E", "👩‍👩‍👧"]) assert.equal(fieldText(text), text);
  assert.equal(fieldText(["a", { b: 2, c: [true] }]), "a\n2\ntrue");
  assert.equal(fieldText(null), undefined);
  assert.equal(fieldText(10n), "10");
});

Deno.test("fieldNumber() takes what is written as a number, and nothing else", () => {
  for (const [text, number] of [["3", 3], ["-1.5", -1.5], ["1e3", 1000]] as const) {
    assert.equal(fieldNumber(text), number);
  }
  for (const text of ["", " ", "3 cats", "0x10", "Infinity", "1e999", "1_000", ".", "１"]) {
    assert.equal(fieldNumber(text), undefined, text);
  }
});

Deno.test("parseCondition() reads marks, and takes everything else as text", () => {
  assert.deepEqual(parseCondition(">=-2.5"), { kind: ">=", number: -2.5 });
  assert.deepEqual(parseCondition("=A"), { kind: "is", text: "A" });
  assert.deepEqual(parseCondition("="), { kind: "empty" });
  assert.deepEqual(parseCondition("!A"), { kind: "lacks", text: "a" });
  for (const text of ["!", ">", "<user>", ">a"]) assert.deepEqual(parseCondition(text), { kind: "contains", text });
});
