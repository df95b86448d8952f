/** C1: When a client leaves, at most two more steps are made, the slot is free at once, and the run counts as cancelled. */
import assert from "node:assert/strict";
import { type AppProcess, callHeaders, startApp } from "../../rig/app_process.ts";
import { seededChance } from "../../rig/hostile_strings.ts";
import { GENERATE, quantile, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { openRequest } from "../../rig/raw_client.ts";
import { STEP_MS } from "../../rig/slow_generator.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 50;
const MORE_STEPS = 2, FREE_MS = 100 + STEP_MS;

Deno.test("C1: 50 clients leave at a random token, every second one with bytes unread so that the system resets", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const chance = seededChance(7);
  let seed = 0, left = 0;
  const measure = async () => {
    const freeMs: number[] = [];
    let steps = 0;
    for (let leaver = 0; leaver < LEAVERS; leaver++) {
      const { atMs, leftAt } = await leave(app, ++seed, 1 + chance(5), leaver % 2 === 0);
      freeMs.push(await freedMs(app) - atMs);
      steps = Math.max(steps, await stepsAfter(app, seed, leftAt));
    }
    left += LEAVERS;
    return { ms: Math.ceil(quantile(freeMs, 1)), steps };
  };
  // A step is due every 50 ms, so that their number is a time too.
  const { value: { ms, steps }, note } = await timed([app.pid], measure, ({ ms, steps }) => {
    assert.ok(steps <= MORE_STEPS && ms <= FREE_MS, `${steps} steps, ${ms} ms`);
  });
  const { began, ended } = await app.counts();
  const metrics = await app.metrics();
  assert.deepEqual([began, ended], [left, left]);
  assert.equal(metrics['runs_total{outcome="cancelled"}'], left);
  assert.equal(metrics['runs_total{outcome="error"}'], 0);
  measured("C1", `${LEAVERS} left: at most ${steps} more steps, slot free in ${ms} ms${note}, all cancelled`);
});

/** Reads tokens of a run and leaves: by FIN when all was read, by RST when a token lies unread. */
async function leave(app: AppProcess, seed: number, tokens: number, isReset: boolean) {
  const body = JSON.stringify(runBody({ tokens: 4_000, seed }));
  const connection = await openRequest(app.port, "POST", GENERATE, callHeaders(), body);
  const buffer = new Uint8Array(65_536), decoder = new TextDecoder();
  let text = "", seen = 0;
  while (seen < tokens) {
    const count = await connection.read(buffer) ?? assert.fail("the run ended");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    seen = text.match(/^event: step$/gm)?.length ?? 0;
  }
  if (isReset) {
    await app.counts().then(({ stepsOf }) => stepsOf[seed] === seen ? untilStep(app, seed, seen) : undefined);
  }
  const atMs = performance.now(), leftAt = Date.now();
  connection.close();
  return { atMs, leftAt };
}

async function untilStep(app: AppProcess, seed: number, seen: number): Promise<void> {
  await until("another step", async () => ((await app.counts()).stepsOf[seed] ?? 0) > seen);
}

/** Steps of a run that were made after a moment. */
async function stepsAfter(app: AppProcess, seed: number, leftAt: number): Promise<number> {
  return ((await app.counts()).timesOf[seed] ?? assert.fail()).filter((madeAt) => madeAt > leftAt).length;
}

async function freedMs(app: AppProcess): Promise<number> {
  await until("all slots are free", async () => (await app.metrics()).slots_busy === 0);
  return performance.now();
}
