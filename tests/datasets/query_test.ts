import assert from "node:assert/strict";
import { formatCondition, parseCondition } from "../../lib/datasets/condition.ts";
import { rows } from "../../lib/datasets/dataset.ts";
import { fieldText } from "../../lib/datasets/field_text.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import { checkFacets, checkQueries, QUERY_ROWS } from "./query_cases.ts";

Deno.test("queryRows() answers every question by looking at each row", async () => {
  const dataset = await rows(QUERY_ROWS).open(new URL("file:///nowhere/"));
  await checkQueries(dataset);
  await checkFacets(dataset);
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

Deno.test("parseCondition() reads marks, and takes everything else as text", () => {
  assert.deepEqual(parseCondition(">=-2.5"), { kind: "number", bounds: [{ mark: ">=", number: -2.5 }] });
  const range = [{ mark: ">", number: 1 }, { mark: "<=", number: 20 }];
  for (const text of [">1 <=20", ">1<=20", " > 1  <= 2e1 "]) {
    assert.deepEqual(parseCondition(text), { kind: "number", bounds: range });
  }
  assert.deepEqual(parseCondition("=A"), { kind: "in", texts: ["A"] });
  assert.deepEqual(parseCondition("="), { kind: "in", texts: [""] });
  assert.deepEqual(parseCondition("!=A"), { kind: "notIn", texts: ["A"] });
  assert.deepEqual(parseCondition('in: A , "B, \\"C\\"",5" disc'), { kind: "in", texts: ["A", 'B, "C"', '5" disc'] });
  assert.deepEqual(parseCondition("!in:A,"), { kind: "notIn", texts: ["A", ""] });
  assert.deepEqual(parseCondition("!A"), { kind: "lacks", text: "a" });
  for (const text of ["!", ">", "<user>", ">a", ">1 <a", ">1 2", ">1 <2 >3"]) {
    assert.deepEqual(parseCondition(text), { kind: "contains", text });
  }
});

Deno.test("formatCondition() writes what parseCondition() reads, in one line that an address can hold", () => {
  const hostile = [
    "",
    " a",
    "a ",
    "a,b",
    '"',
    '"a"',
    "a\nb",
    "\r",
    "=",
    "in:",
    "!",
    "\\",
    "\ud800",
    "🙂",
    "\u2028",
    "\0",
  ];
  const lists = [...hostile.map((text) => [text]), hostile, ["a", "b"]];
  for (const texts of lists) {
    for (const kind of ["in", "notIn"] as const) {
      const text = formatCondition({ kind, texts });
      assert.deepEqual(parseCondition(text), { kind, texts });
      assert.doesNotMatch(text, /[\r\n]/);
      assert.ok(text.isWellFormed());
    }
  }
  const bounds = [{ mark: ">=", number: -1.5e-7 }, { mark: "<", number: 1e21 }] as const;
  assert.deepEqual(parseCondition(formatCondition({ kind: "number", bounds })), { kind: "number", bounds });
});
