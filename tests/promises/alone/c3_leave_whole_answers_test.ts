/** C3: A client that leaves before its whole answer stops the work for it too, streamed or not. */
import assert from "node:assert/strict";
import { type AppProcess, startApp } from "../../rig/app_process.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 10, MORE_STEPS = 2;

Deno.test("C3: ten clients leave while they wait for a whole completion", async () => {
  await using app = await startApp({ flags: { slots: 1, "serve-api": 1 } });
  let seed = 0;
  const measure = async () => {
    let steps = 0;
    for (let leaver = 0; leaver < LEAVERS; leaver++) steps = Math.max(steps, await leave(app, ++seed));
    return steps;
  };
  // A step is due every 50 ms, so that their number is a time too.
  const { value, note } = await timed([app.pid], measure, (steps) => assert.ok(steps <= MORE_STEPS, `${steps} steps`));
  assert.equal((await app.metrics())['runs_total{outcome="cancelled"}'], seed);
  const { began, ended } = await app.counts();
  assert.deepEqual([began, ended], [seed, seed]);
  measured("C3", `${LEAVERS} left before their answer: at most ${value} more steps${note}, all cancelled`);
});

/** Asks for a whole completion, and leaves once it has begun. @returns the steps that were made then */
async function leave(app: AppProcess, seed: number): Promise<number> {
  const leaving = new AbortController();
  const body = { model: "slow/paced", prompt: "abc", max_tokens: 4_000, seed, stream: false };
  const answer = app.call("/v1/completions", { body, signal: leaving.signal }).catch((error) => error.name);
  await until("a first step", async () => ((await app.counts()).stepsOf[seed] ?? 0) > 0);
  const leftAt = Date.now();
  leaving.abort();
  assert.equal(await answer, "AbortError");
  await until("the slot is free", async () => (await app.metrics()).slots_busy === 0);
  return ((await app.counts()).timesOf[seed] ?? []).filter((madeAt) => madeAt > leftAt).length;
}
