/** What is known of rows: as exact as it came, and within a bound. */
import assert from "node:assert/strict";
import { parseCondition } from "../../../lib/datasets/condition.ts";
import { ScoreTable } from "../../../lib/server/rows/score_table.ts";

Deno.test("a score is kept as bits, perplexity and departure; a row without one as its reason", () => {
  const table = new ScoreTable();
  table.set(7, { nats: 3 * Math.LN2, tokens: 2, departure: 2 }, 10);
  table.set(9_000_000, { nats: 0, tokens: 0 }, 10);
  table.set(8, { fault: "no target" }, 10);
  assert.deepEqual(table.get(7), { nats: 3 * Math.LN2, perplexity: Math.exp(1.5 * Math.LN2), departure: 2 });
  assert.deepEqual(table.get(9_000_000), { nats: 0, perplexity: 1 });
  assert.deepEqual(table.get(8), { fault: "no target" });
  assert.equal(table.get(6), undefined);
  assert.deepEqual([6, 7, 8].map((row) => table.has(row)), [false, true, true]);
  assert.ok(Math.abs((table.number(7, "bits") ?? NaN) - 3) < 1e-12);
  assert.equal(table.number(9_000_000, "departure"), undefined);
  assert.deepEqual([table.scored, table.known], [2, 3]);
  const meets = (row: number, text: string) => table.meets(row, "departure", parseCondition(text));
  assert.deepEqual([7, 8, 6, 9_000_000].map((row) => meets(row, ">1")), [true, false, false, false]);
  assert.deepEqual(
    [7, 8, 6, 9_000_000].map((row) => meets(row, "=")),
    [false, false, false, true],
    "scored, departs nowhere",
  );
});

Deno.test("beyond a million rows the ones filled first make room, and are not counted any more", () => {
  const table = new ScoreTable(), other = new ScoreTable();
  const score = { nats: 1, tokens: 1 };
  table.set(0, score, 1);
  table.set(1, score, 1);
  for (let block = 1; block <= 255; block++) other.set(block * 4_096, score, 1);
  assert.equal(table.scored, 2);
  other.set(256 * 4_096, score, 1);
  assert.equal(table.scored, 0);
  assert.equal(table.get(0), undefined);
  assert.equal(other.scored, 256);
  table.set(0, score, 1);
  assert.equal(table.scored, 1);
});

Deno.test("of very many rows without a score the latest reasons are kept, and a row that is asked again is told", () => {
  const table = new ScoreTable();
  for (let row = 0; row <= 1_000; row++) table.set(row, { fault: `no target in ${row}` }, 1);
  assert.equal(table.get(0), undefined);
  assert.ok(table.has(0), "it is not scored once more by itself");
  table.set(0, { fault: "no target in 0" }, 1);
  assert.deepEqual(table.get(0), { fault: "no target in 0" });
  assert.deepEqual(table.get(1_000), { fault: "no target in 1000" });
  assert.equal(table.known, 1_001);
});

Deno.test("an impossible target is more than any number", () => {
  const table = new ScoreTable();
  table.set(3, { nats: Infinity, tokens: 2 }, 1);
  const meets = (text: string) => table.meets(3, "bits", parseCondition(text));
  assert.deepEqual([meets(">1000"), meets("<1000"), meets("=")], [true, false, false]);
});
