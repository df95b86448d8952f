/** Numbers in the cells of a CSV file: what DuckDB takes for one, and how they are found and sorted. */
import assert from "node:assert/strict";
import { parseCondition } from "../../../lib/datasets/condition.ts";
import { loadDuckDb } from "../../../lib/datasets/duckdb/native.ts";
import { fieldNumber, fieldText } from "../../../lib/datasets/field_text.ts";
import { queryRows } from "../../../lib/datasets/query.ts";
import type { RowQuery } from "../../../lib/datasets/row_query.ts";
import { statisticsOf } from "../../../lib/datasets/statistics.ts";
import { openIndexed } from "./open_indexed.ts";

Deno.test("fieldNumber() takes what is written as a number, as DuckDB does, and nothing else", async () => {
  const numbers = ["3", "-1.5", "1e3", " 10", "10 ", "\t7", ".5", "9.", "+7", "+.5", "-.5e1"];
  const others = ["", " ", "3 cats", "0x10", ".", "+", "-", "--1", "1 2", "1.2.3", "1e", "e1", "１"];
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
  for (const text of [...numbers, ...others]) {
    const [[number] = []] = (await connection.runAndReadAll("SELECT try_cast($1 AS DOUBLE)", [text])).getRowsJS();
    assert.equal(fieldNumber(text) ?? null, number, JSON.stringify(text));
    assert.equal(number !== null, numbers.includes(text), JSON.stringify(text));
  }
  connection.closeSync();
  instance.closeSync();
  for (const text of ["Infinity", "NaN", "1_000", "1e999"]) assert.equal(fieldNumber(text), undefined, text);
  for (const list of [[5, null], [null, 5], ["", 5, ""]]) assert.equal(fieldNumber(fieldText(list)), undefined);
});

Deno.test("numbers of a CSV file are found and sorted as they are usually written, what is empty comes last", async () => {
  await using opened = await openIndexed("id, score\n1, 10\n2,.5\n3,\n4,9.\n5, +7\n6,\n7,100\n", "csv");
  for (const dataset of [opened.plain, opened.indexed]) {
    const ask = async (query: Partial<RowQuery>) => {
      const { rows: found } = await queryRows(dataset, { offset: 0, limit: 10, ...query });
      return found.map(({ index }) => index + 1);
    };
    assert.deepEqual(await ask({ sort: { field: " score", descending: false } }), [2, 5, 4, 1, 7, 3, 6]);
    assert.deepEqual(await ask({ sort: { field: " score", descending: true } }), [7, 1, 4, 5, 2, 3, 6]);
    assert.deepEqual(await ask({ filter: [{ field: " score", condition: parseCondition(">5") }] }), [1, 4, 5, 7]);
    const { fields } = await statisticsOf(dataset), score = fields.find(({ field }) => field === " score");
    assert.deepEqual([score?.numbers?.min, score?.numbers?.max, score?.numbers?.mean], [0.5, 100, 25.3]);
  }
});
