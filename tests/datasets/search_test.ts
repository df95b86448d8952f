import assert from "node:assert/strict";
import { searchRows } from "../../lib/datasets/search.ts";

const ROWS = [
  { text: "Snow falls", tags: ["winter", "x"], count: 3 },
  { text: "the sea", tags: [], count: 12, deep: { inner: "SNOWDROP" } },
  { text: "a fox", tags: ["é"], count: 3 },
];
const dataset = { size: ROWS.length, problems: [], row: (index: number) => ROWS[index] };

function indices(query: string, offset = 0, limit = 10) {
  return searchRows(dataset, { query, offset, limit }).then((
    { rows, total },
  ) => [rows.map(({ index }) => index), total]);
}

Deno.test("searchRows() looks into every text at any depth, whatever its case", async () => {
  assert.deepEqual(await indices("snow"), [[0, 1], 2]);
  assert.deepEqual(await indices("É"), [[2], 1]);
  assert.deepEqual(await indices("text"), [[], 0], "names of fields are no data");
});

Deno.test("searchRows() finds whole numbers, and counts matches beyond the page", async () => {
  assert.deepEqual(await indices("3"), [[0, 2], 2]);
  assert.deepEqual(await indices("3", 0, 1), [[0], 2]);
  assert.deepEqual(await indices("3", 1, 1), [[2], 2]);
  assert.deepEqual(await indices("3", 9, 1), [[], 2]);
});

Deno.test("searchRows() without a query pages through all rows", async () => {
  assert.deepEqual(await indices("", 1, 1), [[1], 3]);
  assert.deepEqual(await indices("", 5, 1), [[], 3]);
});
