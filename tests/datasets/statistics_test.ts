import assert from "node:assert/strict";
import { type Dataset, rows } from "../../lib/datasets/dataset.ts";
import { lookAtRows, numberStatistics, statisticsOf } from "../../lib/datasets/statistics.ts";

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
  const { bins = [], ...numbers } = year?.numbers ?? {};
  assert.deepEqual(numbers, { min: 1, max: 11, mean: 4.25 });
  assert.deepEqual(bins.map(({ from, to, count }) => [from, to, count]).filter(([, , count]) => count !== 0), [
    [1, 2, 1],
    [2, 3, 1],
    [3, 4, 1],
    [11, 12, 1],
  ]);
  assert.equal(note?.present, 2);
  assert.deepEqual(note?.length, { min: 1, max: 3, mean: 2 });
});

Deno.test("numberStatistics() has the mean also of numbers whose sum is too large for one", () => {
  const mean = (...values: readonly number[]) => numberStatistics(values).mean;
  const most = Number.MAX_VALUE;
  assert.equal(mean(1e308, 1e308), 1e308);
  assert.equal(mean(-1e308, -1e308), -1e308);
  assert.equal(mean(1e308, 1e308, -1e308, -1e308), 0);
  for (const count of [2, 3, 7, 10]) assert.equal(mean(...Array.from({ length: count }, () => most)), most);
  assert.equal(mean(...Array.from({ length: 9 }, (_, index) => index + 1)), 5);
  assert.equal(mean(1, 1, 2), 4 / 3);
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

Deno.test("others get their turn after each thousand rows, also where nearly none can be read", async () => {
  const row = (index: number) => {
    if (index >= 999) throw new Error("not readable");
    return { index };
  };
  let pauses = 0;
  const { rows: count } = await lookAtRows({ size: 5_000, problems: [], row }, () => Promise.resolve(void pauses++));
  assert.deepEqual([count, pauses], [999, 5]);
});

Deno.test("ranges lie between round numbers and hold every value; there are none where there is nothing to divide", () => {
  const ends = (values: readonly number[]) => {
    const { bins } = numberStatistics(values);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), bins.length === 0 ? 0 : values.length);
    for (const [place, { from, to, count }] of bins.entries()) {
      assert.equal(count, values.filter((value) => value >= from && value < to).length, `${from} to ${to}`);
      assert.equal(to, bins[place + 1]?.from ?? to);
    }
    return [bins[0]?.from, bins[0]?.to, bins.at(-1)?.to, bins.length];
  };
  assert.deepEqual(ends([1900, 1999, 1942]), [1900, 1910, 2000, 10]);
  assert.deepEqual(ends([0.1, 0.2, 0.3, 0.12, 0.28]), [0.1, 0.12, 0.32, 11]);
  assert.deepEqual(ends([-3, 7, 0, -0]), [-3, -2, 8, 11]);
  assert.deepEqual(ends([0.001, 999.999]), [0, 100, 1000, 10]);
  for (const none of [[5], [1e308, -1e308], [5e-324, 0], [1e16, 1e16 + 10], [1e-300, 2e-300]]) {
    assert.deepEqual(ends(none), [undefined, undefined, undefined, 0]);
  }
});
