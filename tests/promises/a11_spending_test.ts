/** A11: What clients may spend is counted before it is sent, so that parallel requests never go beyond the cap. */
import assert from "node:assert/strict";
import { Budget, KvCounters } from "../../lib/server/admission/budget.ts";
import { ProblemError } from "../../lib/server/problem.ts";
import { measured } from "../rig/measured.ts";

const CAP = 10_000;
const COST = 130;

Deno.test("A11: 200 parallel requests near the cap, and a restart", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/budget.kv`;
  let kv = await Deno.openKv(path);
  const spend = (budget: Budget) => budget.reserve("a", COST).then(() => 1, (error: unknown) => refused(error));
  try {
    const taken = await Promise.all(Array.from({ length: 200 }, () => spend(budgetOf(kv))));
    const granted = taken.reduce((sum, one) => sum + one, 0);
    assert.equal(granted, Math.floor(CAP / COST));
    kv.close();
    kv = await Deno.openKv(path);
    assert.equal(await spend(budgetOf(kv)), 0, "a restart gives nothing back");
    measured("A11", `${granted * COST} of ${CAP} tokens granted to 200 parallel requests, 0 beyond, 0 after a restart`);
  } finally {
    kv.close();
    await Deno.remove(folder, { recursive: true });
  }
});

function budgetOf(kv: Deno.Kv): Budget {
  return new Budget({ tokensPerDay: CAP }, new KvCounters(kv), () => Date.UTC(2030, 0, 1, 12));
}

function refused(error: unknown): number {
  assert.ok(error instanceof ProblemError && error.status === 429 && "retry-after" in error.headers);
  return 0;
}
