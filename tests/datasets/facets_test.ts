/** What a click on a value or a range makes of a condition, by hand. */
import assert from "node:assert/strict";
import { rows } from "../../lib/datasets/dataset.ts";
import { facetsOf } from "../../lib/datasets/facets.ts";
import { statisticsOf } from "../../lib/datasets/statistics.ts";

const dataset = await rows(
  Array.from(
    { length: 40 },
    (_, index) => ({ kind: ["a", "b", "c, d"][index % 3], year: 1900 + index, label: index % 2 }),
  ),
).open(new URL("file:///"));
const statistics = await statisticsOf(dataset);

function valuesOf(field: string, condition?: string) {
  const found = facetsOf(statistics, condition === undefined ? {} : { [field]: condition });
  return found.find((each) => each.field === field)?.values.map((
    { text, state, only, add, exclude },
  ) => [text, state, only, add, exclude]);
}

Deno.test("a value alone, beside others, and left out", () => {
  assert.deepEqual(valuesOf("kind"), [
    ["a", undefined, "=a", "=a", "!=a"],
    ["b", undefined, "=b", "=b", "!=b"],
    ["c, d", undefined, "=c, d", "=c, d", "!=c, d"],
  ]);
  assert.deepEqual(valuesOf("kind", "=a"), [
    ["a", "kept", "", "", "!=a"],
    ["b", undefined, "=b", "in:a,b", "!=b"],
    ["c, d", undefined, "=c, d", 'in:a,"c, d"', "!=c, d"],
  ]);
  assert.deepEqual(valuesOf("kind", "in:a,b")?.[0], ["a", "kept", "=a", "=b", "!=a"]);
  assert.deepEqual(valuesOf("kind", "!=b"), [
    ["a", undefined, "=a", "=a", "!in:b,a"],
    ["b", "left out", "=b", "=b", ""],
    ["c, d", undefined, "=c, d", "=c, d", '!in:b,"c, d"'],
  ]);
  assert.deepEqual(valuesOf("kind", "text")?.[0], ["a", undefined, "=a", "=a", "!=a"]);
});

Deno.test("ranges of numbers are kept as one; numbers that come again and again are values", () => {
  const ranges = (condition?: string) =>
    facetsOf(statistics, condition === undefined ? {} : { year: condition }).find(({ field }) => field === "year")
      ?.ranges
      .map(({ state, only, add }) => [state, only, add]);
  assert.deepEqual(ranges()?.[1], [undefined, ">=1905 <1910", ">=1905 <1910"]);
  const chosen = ranges(">=1905 <1910");
  assert.deepEqual(chosen?.[0], [undefined, ">=1900 <1905", ">=1900 <1910"]);
  assert.deepEqual(chosen?.[1], ["kept", "", ">=1905 <1910"]);
  assert.deepEqual(chosen?.[3], [undefined, ">=1915 <1920", ">=1905 <1920"]);
  assert.deepEqual(ranges(">=1905 <1920")?.map(([state]) => state === "kept").slice(0, 5), [
    false,
    true,
    true,
    true,
    false,
  ]);
  assert.deepEqual(valuesOf("label"), [["0", undefined, "=0", "=0", "!=0"], ["1", undefined, "=1", "=1", "!=1"]]);
});
