import assert from "node:assert/strict";
import type { Dataset } from "../../../lib/datasets/dataset.ts";
import { lookAtRows } from "../../../lib/datasets/statistics.ts";
import { checkFields } from "../../../lib/server/rows/known_fields.ts";
import { choiceOf, rowWish } from "../../../lib/server/rows/rows.ts";

/** One row has a field that no other has; `at` is one that is passed over where not every row is looked at. */
function withRareField(size: number, at: number): Dataset<unknown> {
  return { size, problems: [], row: (index) => index === at ? { text: "x", rare: "y" } : { text: "x" } };
}

/** As a file whose index could not be written: its engine is there, and some rows are looked at instead. */
function withoutIndex(dataset: Dataset<unknown>): Dataset<unknown> {
  return { ...dataset, statistics: () => lookAtRows(dataset) };
}

Deno.test("checkFields() refuses a field only where every row was looked at", async () => {
  const small = withRareField(60, 50), large = withRareField(30_000, 25_001);
  for (const dataset of [small, large, withoutIndex(small), withoutIndex(large)]) {
    await checkFields(dataset, [{ field: "rare", parameter: "sort" }], []);
  }
  const misspelt = [{ field: "rear", parameter: "filter.rear" }];
  for (const dataset of [small, withoutIndex(small)]) {
    await assert.rejects(checkFields(dataset, misspelt, []), {
      message: 'Cannot use filter.rear: no row has a field "rear", only text, rare',
    });
  }
  for (const dataset of [large, withoutIndex(large)]) await checkFields(dataset, misspelt, []);
});

Deno.test("choiceOf() refuses a condition on a field that no row has, whatever it would find", async () => {
  const dataset = withRareField(60, 50), wish = (query: string) => rowWish(new URLSearchParams(query));
  assert.deepEqual(await choiceOf(dataset, wish("filter.rare=y"), [], 100), [50]);
  for (const condition of ["x", "!x"]) {
    await assert.rejects(choiceOf(dataset, wish(`filter.rear=${condition}`), [], 100), {
      message: 'Cannot use filter.rear: no row has a field "rear", only text, rare',
    });
  }
});
