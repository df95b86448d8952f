/** Caps on tokens: by hand-countable numbers, under parallel requests, and over a restart. */
import assert from "node:assert/strict";
import { Budget, type CounterStore, KvCounters } from "../../../lib/server/admission/budget.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import { MemoryCounters } from "../../rig/memory_counters.ts";

const NOON = Date.UTC(2026, 0, 1, 12);

async function refused(attempt: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await attempt.then(() => undefined, (thrown) => thrown);
  assert.ok(error instanceof ProblemError, "expected a refusal");
  return error;
}

const stores: Record<string, () => Promise<{ store: CounterStore; close(): void }>> = {
  "memory": () => Promise.resolve({ store: new MemoryCounters(), close() {} }),
  "Deno KV": async () => {
    const kv = await Deno.openKv(":memory:");
    return { store: new KvCounters(kv), close: () => kv.close() };
  },
};

for (const [name, open] of Object.entries(stores)) {
  Deno.test(`${name}: each cap refuses what goes beyond it, and a refusal costs nothing`, async () => {
    const { store, close } = await open();
    const limits = { clientRequestsPerMinute: 3, clientTokensPerDay: 100, tokensPerDay: 150 };
    const budget = new Budget(limits, store, () => NOON);
    await budget.reserve("a", 60);
    assert.match((await refused(budget.reserve("a", 41))).detail, /100 tokens a day for each client/);
    await budget.reserve("a", 40);
    const { detail, headers, status } = await refused(budget.reserve("b", 51));
    assert.match(detail, /150 tokens a day in all/);
    assert.deepEqual([status, headers["retry-after"]], [429, String(12 * 60 * 60)]);
    await budget.reserve("b", 50);
    await refused(budget.reserve("c", 1));
    close();
  });

  Deno.test(`${name}: the minute's requests are counted for each client`, async () => {
    const { store, close } = await open();
    let now = NOON;
    const budget = new Budget({ clientRequestsPerMinute: 2 }, store, () => now);
    await budget.reserve("a", 1);
    await budget.reserve("a", 1);
    assert.equal((await refused(budget.reserve("a", 1))).headers["retry-after"], "60");
    await budget.reserve("b", 1);
    now += 60_000;
    await budget.reserve("a", 1);
    close();
  });

  Deno.test(`${name}: what was not used comes back, what was used beyond counts`, async () => {
    const { store, close } = await open();
    const budget = new Budget({ tokensPerDay: 100 }, store, () => NOON);
    await (await budget.reserve("a", 90)).settle(10);
    await (await budget.reserve("a", 80)).settle(95);
    await refused(budget.reserve("a", 1));
    close();
  });

  Deno.test(`${name}: 200 parallel requests never overshoot`, async () => {
    const { store, close } = await open();
    const budget = new Budget({ tokensPerDay: 1_000 }, store, () => NOON);
    const attempts = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => budget.reserve(`client ${i}`, 30)));
    assert.equal(attempts.filter(({ status }) => status === "fulfilled").length, 33);
    close();
  });
}

Deno.test("counters in a file outlive the process", async () => {
  const folder = await Deno.makeTempDir();
  for (const isAllowed of [true, false]) {
    const kv = await Deno.openKv(`${folder}/budget.kv`);
    const budget = new Budget({ tokensPerDay: 100 }, new KvCounters(kv), () => NOON);
    if (isAllowed) await budget.reserve("a", 80);
    else await refused(budget.reserve("a", 21));
    kv.close();
  }
  await Deno.remove(folder, { recursive: true });
});
