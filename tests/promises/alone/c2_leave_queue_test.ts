/** C2: When a client leaves while it waits, its place is free at once, and nothing is computed for it. */
import assert from "node:assert/strict";
import { type AppProcess, startApp } from "../../rig/app_process.ts";
import { GENERATE, quantile, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const LEAVERS = 20, REMOVED_MS = 50;
const SEEDS = 1_000;

/** Each way to wait for a run: on a screen, and as a client of /v1, streamed or not. */
const WAYS: readonly ((seed: number) => readonly [path: string, body: object])[] = [
  (seed) => [GENERATE, runBody({ tokens: 100, seed })],
  (seed) => ["/v1/completions", { model: "slow/paced", prompt: "abc", max_tokens: 100, seed, stream: true }],
  (seed) => ["/v1/completions", { model: "slow/paced", prompt: "abc", max_tokens: 100, seed, stream: false }],
];

Deno.test("C2: 20 clients leave their place in the queue", async () => {
  await using app = await startApp({ flags: { slots: 1, "serve-api": 1 } });
  const working = await app.call(GENERATE, { body: runBody({ tokens: 4_000 }) });
  const measure = async () => {
    const removedMs: number[] = [];
    for (let leaver = 0; leaver < LEAVERS; leaver++) {
      const leaving = new AbortController();
      const [path, body] = WAYS[leaver % WAYS.length]?.(SEEDS + leaver) ?? assert.fail();
      const left = app.call(path, { body, client: "waiting", signal: leaving.signal })
        .then((answer) => answer.text()).catch((error) => error.name);
      await until("one waits", async () => (await app.metrics()).runs_waiting === 1);
      const startedMs = performance.now();
      leaving.abort();
      assert.equal(await left, "AbortError");
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
