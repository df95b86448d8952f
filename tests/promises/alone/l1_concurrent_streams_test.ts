/** L1: 200 streams of 20 tokens a second each arrive whole, in order and in time, from a process of at most 250 MB. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { quantile, readRuns } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";

const STREAMS = 200, TOKENS = 200;
const GAP_MS = 400, FIRST_MS = 800, RSS_MB = 250;
const WHOLE = Array.from({ length: TOKENS }, (_, position) => position);

Deno.test("L1: 200 streams at once, each of 200 tokens with their ten candidates", async () => {
  await using app = await startApp({ flags: { slots: STREAMS } });
  const measure = async () => {
    const runs = await readRuns(app, STREAMS, { tokens: TOKENS });
    for (const { positions, others } of runs) {
      assert.deepEqual(positions, WHOLE);
      assert.deepEqual(others.slice(-2), ["finish", "done"]);
    }
    const rssMb = Math.ceil(await app.rssBytes() / 2 ** 20);
    const gapMs = Math.ceil(quantile(runs.flatMap(({ gapsMs }) => gapsMs), 0.99));
    return { rssMb, gapMs, firstMs: Math.ceil(quantile(runs.map(({ firstMs }) => firstMs), 0.99)) };
  };
  const { value: { rssMb, gapMs, firstMs }, note } = await timed([app.pid], measure, ({ gapMs, firstMs }) => {
    assert.ok(gapMs <= GAP_MS && firstMs <= FIRST_MS, `${gapMs} ms between tokens, ${firstMs} ms to the first`);
  });
  assert.ok(rssMb <= RSS_MB, `${rssMb} MB`);
  const tokens = STREAMS * TOKENS;
  const told =
    `${tokens} of ${tokens} tokens; p99 ${gapMs} ms between two, ${firstMs} ms to the first${note}; ${rssMb} MB when they had ended`;
  measured("L1", told);
});
