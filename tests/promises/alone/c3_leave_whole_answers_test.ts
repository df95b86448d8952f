/** C3: A client that leaves before its whole answer stops the work for it too, streamed or not. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { measured } from "../../rig/measured.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 10, MORE_STEPS = 2;

Deno.test("C3: ten clients leave while they wait for a whole completion", async () => {
  await using app = await startApp({ flags: { slots: 1, "serve-api": 1 } });
  let mostSteps = 0;
  for (let seed = 1; seed <= LEAVERS; seed++) {
    const leaving = new AbortController();
    const body = { model: "slow/paced", prompt: "abc", max_tokens: 4_000, seed, stream: false };
    const answer = app.call("/v1/completions", { body, signal: leaving.signal }).catch((error) => error.name);
    await until("a first step", async () => ((await app.counts()).stepsOf[seed] ?? 0) > 0);
    const leftAt = Date.now();
    leaving.abort();
    assert.equal(await answer, "AbortError");
    await until("the slot is free", async () => (await app.metrics()).slots_busy === 0);
    const { timesOf } = await app.counts();
    mostSteps = Math.max(mostSteps, (timesOf[seed] ?? []).filter((madeAt) => madeAt > leftAt).length);
  }
  assert.ok(mostSteps <= MORE_STEPS, `${mostSteps} more steps`);
  assert.equal((await app.metrics())['runs_total{outcome="cancelled"}'], LEAVERS);
  const { began, ended } = await app.counts();
  assert.deepEqual([began, ended], [LEAVERS, LEAVERS]);
  measured("C3", `${LEAVERS} left before their answer: at most ${mostSteps} more steps, all cancelled`);
});
