/** Rows by their scores: an index and looking at each row find the same, and a sort by hand is the oracle. */
import assert from "node:assert/strict";
import { parseCondition } from "../../../lib/datasets/condition.ts";
import { findIndices } from "../../../lib/datasets/query.ts";
import { pageByScores, scoreQuery } from "../../../lib/server/rows/scored_rows.ts";
import { ScoreTable } from "../../../lib/server/rows/score_table.ts";
import { openIndexed } from "./open_indexed.ts";

Deno.test("scores sort and filter what the data's own search finds, in both engines", async () => {
  const rows = Array.from({ length: 200 }, (_, n) => ({ n, kind: n % 3 === 0 ? "Snow" : "rain" }));
  await using opened = await openIndexed(rows.map((row) => JSON.stringify(row)).join("\n"));
  const table = new ScoreTable(), bitsOf = (n: number) => (n * 37) % 11;
  // Of every fifth row nothing is known yet, and one could not be scored.
  for (const { n } of rows) if (n % 5 !== 0) table.set(n, { nats: bitsOf(n) * Math.LN2, tokens: 1 }, 1);
  table.set(3, { fault: "no target" }, 1);
  const known = (n: number) => n % 5 !== 0 && n !== 3;
  const base = { search: "snow", filter: [{ field: "n", condition: parseCondition("<150") }], offset: 2, limit: 30 };
  const found = rows.map(({ n }) => n).filter((n) => n % 3 === 0 && n < 150);
  const sorted = found.filter(known).toSorted((a, b) => bitsOf(b) - bitsOf(a)).concat(found.filter((n) => !known(n)));
  const many = found.filter((n) => known(n) && bitsOf(n) >= 5);
  for (const dataset of [opened.plain, opened.indexed]) {
    const { indices } = await findIndices(dataset, { ...base, offset: 0, limit: dataset.size });
    const by = (wish: Parameters<typeof scoreQuery>[0]) =>
      pageByScores(indices, base, table, scoreQuery(wish) ?? assert.fail());
    assert.deepEqual(by({ by: "-bits", scores: {} }), { indices: sorted.slice(2, 32), total: 50 });
    assert.deepEqual(by({ by: "", scores: { bits: ">=4.999" } }), { indices: many.slice(2), total: many.length });
  }
  assert.equal(scoreQuery({ by: "", scores: {} }), undefined);
  assert.throws(() => scoreQuery({ by: "-luck", scores: {} }), /bits, perplexity, departure.*got "luck"/);
});
