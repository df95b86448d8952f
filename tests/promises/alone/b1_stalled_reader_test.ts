/** B1: Who does not read makes the app write a few megabytes, takes at most one of its memory, and has to give its place to others. */
import assert from "node:assert/strict";
import { type AppProcess, callHeaders, startApp } from "../../rig/app_process.ts";
import { ENDLESS, GENERATE, readRun, runBody, untilStalled } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { openRequest } from "../../rig/raw_client.ts";
import { until } from "../../rig/until.ts";

const READERS = 20;
/** Long enough to look at the memory meanwhile. */
const STALL_SECONDS = 6;
const PRODUCED_MB = 6, GROWTH_MB = 20;

Deno.test("B1: 20 readers that never read, each of a run of 65,536 tokens", async () => {
  await using app = await startApp({ flags: { slots: READERS, "stall-seconds": STALL_SECONDS }, collects: true });
  const eventBytes = await bytesOfAnEvent(app);
  // What the first ones compile and what the heap grows to is no cost of those that stall.
  const first = await stallAll(app);
  for (const connection of first) connection.close();
  await until("all slots are free again", async () => (await app.metrics()).slots_busy === 0);
  const beforeMb = await residentMb(app);
  const before = await tokensOf(app);
  const connections = await stallAll(app);
  const growthMb = await residentMb(app) - beforeMb;
  const tokens = await tokensOf(app);
  assert.equal((await app.metrics()).slots_busy, READERS, "all of them stalled while the memory was read");
  const producedMb = (tokens - before) / READERS * eventBytes / 2 ** 20;
  assert.ok(producedMb <= PRODUCED_MB, `${producedMb} MB each`);
  assert.ok(growthMb <= GROWTH_MB, `${growthMb} MB more`);
  await until("all slots are free again", async () => (await app.metrics()).slots_busy === 0);
  assert.equal(await tokensOf(app), tokens, "nothing more is made");
  for (const connection of connections) connection.close();
  assert.equal((await readRun(app, { generator: "quick", tokens: 5 })).positions.length, 5);
  const told = `${READERS} stalled readers: ${producedMb.toFixed(1)} MB made for each, ${
    Math.max(0, Math.ceil(growthMb))
  } MB more memory while they stalled, all slots free again`;
  measured("B1", told);
});

/** Begins runs that nobody reads, and waits until they stand still. */
async function stallAll(app: AppProcess): Promise<readonly Deno.TcpConn[]> {
  const connections = await Promise.all(Array.from({ length: READERS }, (_, index) => stall(app, `client ${index}`)));
  await untilStalled(app, READERS);
  return connections;
}

async function tokensOf(app: AppProcess): Promise<number> {
  return (await app.metrics()).completion_tokens_total ?? assert.fail();
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
