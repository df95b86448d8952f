/** L4: A client that sends many runs delays another one's by the run that works and no more. */
import assert from "node:assert/strict";
import { startApp } from "../../rig/app_process.ts";
import { GENERATE, readRun, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { until } from "../../rig/until.ts";

const MANY = 20, TOKENS = 4;
/** The seed by which the other client's run is known. */
const MODEST = 100;
/** One that works, and four that wait. */
const ALLOWED = 5;

Deno.test("L4: one client sends 20 runs, another one afterwards", async () => {
  await using app = await startApp({ flags: { slots: 1 } });
  const leaving = new AbortController();
  const greedy = (seed: number, tokens: number, signal?: AbortSignal) =>
    app.call(GENERATE, { body: runBody({ tokens, seed }), client: "greedy", ...(signal && { signal }) });
  // The run that works goes on until all others have come.
  const working = await greedy(0, 4_000, leaving.signal);
  assert.equal(working.status, 200);
  await until("it works", async () => (await app.metrics()).slots_busy === 1);
  const answers = await Promise.all(Array.from({ length: MANY - 1 }, (_, index) => greedy(index + 1, TOKENS)));
  const statuses = answers.map(({ status }) => status);
  assert.equal(1 + statuses.filter((status) => status === 200).length, ALLOWED);
  assert.equal(statuses.filter((status) => status === 429).length, MANY - ALLOWED);
  const modest = readRun(app, { tokens: TOKENS, seed: MODEST, client: "modest" });
  await until("all wait", async () => (await app.metrics()).runs_waiting === ALLOWED);
  leaving.abort();
  // Subtle: an answer that nothing refers to any more is given up when garbage is collected, and its run with it.
  await assert.rejects(working.text(), { name: "AbortError" });
  await Promise.all([modest, ...answers.map((answer) => answer.text())]);
  // In the order in which the app made their last tokens.
  const { timesOf } = await app.counts();
  const lastMs = (seed: number) => timesOf[seed]?.at(-1) ?? NaN;
  const waited = answers.flatMap(({ ok }, index) => ok ? [index + 1] : []);
  const place = 1 + waited.filter((seed) => lastMs(seed) < lastMs(MODEST)).length;
  assert.ok(lastMs(MODEST) > 0 && place <= 2, JSON.stringify(timesOf));
  measured("L4", `after ${place} of the ${ALLOWED} runs that were let in, ${MANY - ALLOWED} more refused`);
});
