import assert from "node:assert/strict";
import { type Dataset, rows } from "../../lib/datasets/dataset.ts";
import { statisticsOf } from "../../lib/datasets/statistics.ts";

const BASE = new URL("file:///");

Deno.test("statistics of texts, numbers and what is missing, by hand", async () => {
  const dataset = await rows([
    { kind: "a", year: 1, note: "x" },
    { kind: "b", year: 2 },
    { kind: "a", year: 3, note: "yyy" },
    { kind: "a", year: 11, note: null },
  ]).open(BASE);
  const { rows: count, fields } = await statisticsOf(dataset);
  assert.equal(count, 4);
  assert.deepEqual(fields.map(({ field }) => field), ["kind", "year", "note"]);
  const [kind, year, note] = fields;
  assert.deepEqual(kind?.top, [{ text: "a", count: 3 }]);
  assert.equal(kind?.distinct, 2);
  assert.equal(kind?.numbers, undefined);
  assert.deepEqual(year?.numbers, { min: 1, max: 11, mean: 4.25, bins: [1, 1, 1, 0, 0, 0, 0, 0, 0, 1] });
  assert.equal(note?.present, 2);
  assert.deepEqual(note?.length, { min: 1, max: 3, mean: 2 });
});

Deno.test("of a large split so many rows are looked at, at even distances, once", async () => {
  let reads = 0;
  const dataset: Dataset<unknown> = {
    size: 1_000_000,
    problems: [],
    row(index) {
      reads++;
      if (index === 50) throw new Error("not readable");
      return { half: index < 500_000 ? "first" : "second", id: `row ${index}` };
    },
  };
  const { rows: count, fields: [half, id] } = await statisticsOf(dataset);
  assert.equal(reads, 20_000);
  assert.equal(count, 19_999, "a row that cannot be read is left out");
  assert.deepEqual(half?.top, [{ text: "second", count: 10_000 }, { text: "first", count: 9_999 }]);
  assert.equal(id?.distinct, undefined, "too many to count");
  assert.deepEqual(id?.top, []);
  await statisticsOf(dataset);
  assert.equal(reads, 20_000);
});
