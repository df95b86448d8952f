/** B2: Ten clients that read 1 KB a second of runs that could be far faster slow down nobody else. */
import assert from "node:assert/strict";
import { type AppProcess, callHeaders, startApp } from "../../rig/app_process.ts";
import { ENDLESS, GENERATE, quantile, readRuns, untilStalled } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { openRequest } from "../../rig/raw_client.ts";
import { until } from "../../rig/until.ts";

const STREAMS = 50, TOKENS = 40, SLOW = 10, ROUNDS = 2;
const CHANGE_LIMIT = 1.2;

Deno.test("B2: 50 streams with and without ten slow readers, in turns", async () => {
  await using app = await startApp({ flags: { slots: STREAMS + SLOW, "stall-seconds": 600 } });
  await gapOf(app);
  const measure = async () => {
    const alone: number[] = [], beside: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await gapOf(app));
      const slow = await Promise.all(Array.from({ length: SLOW }, (_, index) => readSlowly(app, `slow ${index}`)));
      // From here on the app can give them no more than they read.
      await untilStalled(app, SLOW);
      beside.push(await gapOf(app));
      assert.equal((await app.metrics()).slots_busy, SLOW, "all of them still read");
      for (const stop of slow) await stop();
      await until("their slots are free", async () => (await app.metrics()).slots_busy === 0);
    }
    // The best of each: whatever else the machine did can only have made a round worse.
    return { alone: Math.min(...alone), beside: Math.min(...beside) };
  };
  const { value: { alone, beside }, note } = await timed([app.pid], measure, ({ alone, beside }) => {
    assert.ok(beside <= alone * CHANGE_LIMIT, `${beside} ms beside slow readers, ${alone} ms without`);
  });
  const told = `p99 between tokens ${beside.toFixed(1)} ms beside slow readers, ${alone.toFixed(1)} ms without${note}`;
  measured("B2", told);
});

async function gapOf(app: AppProcess): Promise<number> {
  const runs = await readRuns(app, STREAMS, { tokens: TOKENS });
  for (const { positions } of runs) assert.equal(positions.length, TOKENS);
  return quantile(runs.flatMap(({ gapsMs }) => gapsMs), 0.99);
}

/** Reads 100 bytes every 100 ms. @returns what ends it */
async function readSlowly(app: AppProcess, client: string): Promise<() => Promise<void>> {
  const connection = await openRequest(app.port, "POST", GENERATE, callHeaders(client), JSON.stringify(ENDLESS));
  let isOver = false;
  const reading = (async () => {
    const bytes = new Uint8Array(100);
    while (!isOver && await connection.read(bytes) !== null) await new Promise((resolve) => setTimeout(resolve, 100));
  })();
  return async () => {
    isOver = true;
    await reading;
    connection.close();
  };
}
