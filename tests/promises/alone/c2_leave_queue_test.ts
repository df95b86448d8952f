/** C2: When a client leaves while it waits, its place is free at once, and nothing is computed for it. */
import assert from "node:assert/strict";
import { type AppProcess, startApp } from "../../rig/app_process.ts";
import { GENERATE, quantile, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 20, REMOVED_MS = 50;
const SEEDS = 1_000;

Deno.test("C2: 20 clients leave their place in the queue", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const working = await app.call(GENERATE, { body: runBody({ tokens: 4_000 }) });
  const measure = async () => {
    const removedMs: number[] = [];
    for (let leaver = 0; leaver < LEAVERS; leaver++) {
      const leaving = new AbortController();
      const body = runBody({ tokens: 100, seed: SEEDS + leaver });
      const answer = await app.call(GENERATE, { body, client: "waiting", signal: leaving.signal });
      assert.equal((await app.metrics()).runs_waiting, 1);
      const startedMs = performance.now();
      leaving.abort();
      await answer.body?.cancel().catch(() => {}); // It is aborted already.
      removedMs.push(await noneWaitsMs(app) - startedMs);
    }
    return Math.ceil(quantile(removedMs, 1));
  };
  const { value, note } = await timed([app.pid], measure, (ms) => assert.ok(ms <= REMOVED_MS, `${ms} ms`));
  await working.body?.cancel();
  const { stepsOf } = await app.counts();
  assert.deepEqual(Object.keys(stepsOf).filter((seed) => Number(seed) >= SEEDS), []);
  measured("C2", `${LEAVERS} left the queue, slowest within ${value} ms${note}, 0 steps`);
});

async function noneWaitsMs(app: AppProcess): Promise<number> {
  await until("nobody waits", async () => (await app.metrics()).runs_waiting === 0);
  return performance.now();
}
