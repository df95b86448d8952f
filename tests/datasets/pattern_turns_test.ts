/** Patterns that look at the cells of a data set in turns with everybody else. */
import assert from "node:assert/strict";
import { meetsInTurns, parseCondition } from "../../lib/datasets/condition.ts";
import { scanIndices, TURN_EFFORT } from "../../lib/datasets/query.ts";
import { Turns } from "../../lib/datasets/turns.ts";
import { seededChance } from "../rig/hostile_strings.ts";

/** Ways through it are many, and remembered ones are soon used up. */
const COSTLY = "/x.{0,60}q/";

/** Without q. */
function letters(count: number): string {
  const chance = seededChance(7);
  return Array.from({ length: count }, () => "wxyz"[chance(4)]).join("");
}

/** Efforts between which others have their turn. */
async function effortsOf(text: string, condition: string, expected: boolean): Promise<readonly number[]> {
  const efforts: number[] = [];
  class Counted extends Turns {
    override did(effort: number) {
      efforts.push(effort);
      return super.did(effort);
    }
  }
  let pauses = 0;
  const turns = new Counted(1_000, undefined, () => (pauses++, Promise.resolve()));
  assert.equal(await meetsInTurns(text, parseCondition(condition), turns), expected, condition);
  assert.equal(pauses, efforts.filter((effort) => effort >= 1_000).length);
  return efforts;
}

Deno.test("a long text is looked at in turns with others, whether the pattern is in it or not", async () => {
  const text = letters(100_000);
  for (const [body, isThere] of [[text, false], [`${text.slice(1)}q`, true]] as const) {
    for (const [condition, expected] of [[COSTLY, isThere], [`!${COSTLY}`, !isThere], ["/q/", isThere]] as const) {
      const efforts = await effortsOf(body, condition, expected);
      assert.ok(efforts.every((effort) => effort < 1_016), "no turn is longer than it may be by more than a unit");
      const total = efforts.reduce((sum, effort) => sum + effort, 0);
      if (condition === "/q/") assert.equal(total, 100_000, "all ways are remembered");
      else assert.ok(total > 1_000_000, `most ways are not: ${total}`);
    }
  }
});

Deno.test("a search gives way within a cell and between cells alike, and ends there when nobody waits for it", async () => {
  const turns = 16, long = letters(turns * TURN_EFFORT / 16), short = letters(TURN_EFFORT / 64);
  for (const texts of [[long], Array.from({ length: 4 * turns }, () => short)]) {
    const dataset = { size: texts.length, problems: [], row: (index: number) => ({ text: texts[index] }) };
    let others = 0, isOver = false;
    const other = (async () => {
      for (; !isOver; others++) await new Promise((resolve) => setTimeout(resolve));
    })();
    assert.equal((await scanIndices(dataset, { search: COSTLY, offset: 0, limit: 1 })).total, 0);
    isOver = true;
    await other;
    assert.ok(others >= turns / 4, `${others} turns of others`);

    const leaving = new AbortController();
    setTimeout(() => leaving.abort(new Error("left")));
    const left = scanIndices(dataset, { search: COSTLY, offset: 0, limit: 1, signal: leaving.signal });
    await assert.rejects(left, /left/);
  }
});
