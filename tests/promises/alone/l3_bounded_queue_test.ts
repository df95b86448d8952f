/** L3: What a model cannot take now waits in a bounded queue whose places are told, and what finds no place is told when to come back. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { GENERATE, quantile, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { until } from "../../rig/until.ts";

const REQUESTS = 40, SLOTS = 1, QUEUE = 32;
const REFUSALS = 100, REFUSAL_MS = 50;

Deno.test("L3: 40 clients at once at one slot and 32 places", async () => {
  await using app = await startApp({ flags: { slots: SLOTS, queue: QUEUE } });
  const leaving = new AbortController();
  const ask = (client: string) =>
    app.call(GENERATE, { body: runBody({ generator: "slowest", tokens: 4_000 }), client, signal: leaving.signal });
  const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, index) => ask(`client ${index}`)));
  const accepted = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  assert.deepEqual([accepted.length, refused.length], [SLOTS + QUEUE, REQUESTS - SLOTS - QUEUE]);
  for (const answer of refused) {
    assert.match(answer.headers.get("retry-after") ?? "", /^([1-9]|[1-5]\d|60)$/);
    assert.match((await answer.json()).detail, /32 requests wait for it already/);
  }
  const measure = async () => {
    const refusalsMs: number[] = [];
    while (refusalsMs.length < REFUSALS) {
      const startedMs = performance.now();
      const answer = await ask("one more");
      await answer.body?.cancel();
      assert.equal(answer.status, 429);
      refusalsMs.push(performance.now() - startedMs);
    }
    return Math.ceil(quantile(refusalsMs, 0.99));
  };
  const { value, note } = await timed([app.pid], measure, (ms) => assert.ok(ms <= REFUSAL_MS, `${ms} ms`));
  const waiting = await placesOf(accepted);
  assert.deepEqual(waiting, Array.from({ length: QUEUE }, (_, place) => place), "each place is told once");
  leaving.abort();
  const told =
    `${accepted.length} of ${REQUESTS} accepted, ${refused.length} refused; a refusal in ${value} ms (p99)${note}`;
  measured("L3", told);
});

Deno.test("L3: who waits is told of every place on the way to its turn", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const leaving = new AbortController();
  const ask = (client: string, tokens: number, signal?: AbortSignal) =>
    app.call(GENERATE, { body: runBody({ tokens }), client, ...(signal && { signal }) });
  // The run that works goes on until all others wait.
  const working = await ask("client 0", 4_000, leaving.signal);
  const { value } = await (working.body ?? assert.fail()).getReader().read();
  assert.doesNotMatch(new TextDecoder().decode(value), /"type":"queue"/, "nobody is before it");
  const waiting = [1, 2, 3].map(async (index) => await (await ask(`client ${index}`, 3)).text());
  await until("three wait", async () => (await app.metrics()).runs_waiting === 3);
  leaving.abort();
  // Subtle: an answer that nothing refers to any more is given up when garbage is collected, and its run with it.
  assert.equal(working.status, 200);
  const texts = await Promise.all(waiting);
  const told = texts.map((text) =>
    [...text.matchAll(/"type":"queue","position":(\d)/g)].map(([, place]) => place).join("")
  );
  assert.deepEqual(told.toSorted(), ["0", "10", "210"]);
  for (const text of texts) assert.match(text, /event: done/);
});

/** The place that each stream tells first, where it tells one, in order. */
async function placesOf(answers: readonly Response[]): Promise<readonly number[]> {
  const firsts = await Promise.all(answers.map(async ({ body }) => {
    const { value } = await (body ?? assert.fail()).getReader().read();
    return /"type":"queue","position":(\d+)/.exec(new TextDecoder().decode(value))?.[1];
  }));
  return firsts.flatMap((place) => place === undefined ? [] : [Number(place)]).toSorted((one, other) => one - other);
}
