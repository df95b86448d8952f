/** B1: Who does not read makes the app write a few megabytes, costs it no memory, and has to give its place to others. */
import assert from "node:assert/strict";
import { type AppProcess, callHeaders, startApp } from "../../rig/app_process.ts";
import { GENERATE, readRun, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { openRequest } from "../../rig/raw_client.ts";
import { until } from "../../rig/until.ts";

const READERS = 20, STALL_SECONDS = 2;
const PRODUCED_MB = 6, GROWTH_MB = 20;
/** Far more than fits on the way: 16 completions of 4,096 tokens with ten candidates each. */
const ENDLESS = { generator: "quick", top: 10, params: { max_tokens: 4_096, n: 16 } };

Deno.test("B1: 20 readers that never read, each of a run of 65,536 tokens", async () => {
  await using app = await startApp({ flags: { slots: READERS, "stall-seconds": STALL_SECONDS }, collects: true });
  const eventBytes = await bytesOfAnEvent(app);
  // What the first ones compile and what the heap grows to is no cost of those that stall.
  await stallAll(app);
  const beforeMb = await residentMb(app);
  const tokens = await stallAll(app);
  const growthMb = await residentMb(app) - beforeMb;
  const producedMb = tokens / READERS * eventBytes / 2 ** 20;
  assert.ok(producedMb <= PRODUCED_MB, `${producedMb} MB each`);
  assert.ok(growthMb <= GROWTH_MB, `${growthMb} MB more`);
  assert.equal((await readRun(app, { generator: "quick", tokens: 5 })).positions.length, 5);
  const told = `${READERS} stalled readers: ${producedMb.toFixed(1)} MB made for each, ${
    Math.max(0, Math.ceil(growthMb))
  } MB more memory, all slots free again`;
  measured("B1", told);
});

/** Lets runs stall until their slots are free again. @returns the tokens that were made */
async function stallAll(app: AppProcess): Promise<number> {
  const { completion_tokens_total: before = 0 } = await app.metrics();
  const connections = await Promise.all(Array.from({ length: READERS }, (_, index) => stall(app, `client ${index}`)));
  await until("all runs have their slots", async () => (await app.metrics()).slots_busy === READERS);
  await until("all slots are free again", async () => (await app.metrics()).slots_busy === 0);
  const { completion_tokens_total: made = 0 } = await app.metrics();
  assert.equal((await app.metrics()).completion_tokens_total, made, "nothing more is made");
  for (const connection of connections) connection.close();
  return made - before;
}

/** After garbage is collected. */
async function residentMb(app: AppProcess): Promise<number> {
  await app.counts();
  return await app.rssBytes() / 2 ** 20;
}

/** Asks for a run and reads nothing of it. */
async function stall(app: AppProcess, client: string): Promise<Deno.TcpConn> {
  return await openRequest(app.port, "POST", GENERATE, callHeaders(client), JSON.stringify(ENDLESS));
}

async function bytesOfAnEvent(app: AppProcess): Promise<number> {
  const tokens = 1_000;
  const text = await (await app.call(GENERATE, { body: runBody({ generator: "quick", tokens }) })).text();
  return text.length / tokens;
}
