/** M1: Thousands of mixed requests leave neither memory, nor open files, nor sessions, nor runs behind. */
import assert from "node:assert/strict";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { CONTEXT } from "../../generators/onnx/tiny_models.ts";
import { type AppProcess, COLLECTIONS, startApp } from "../../rig/app_process.ts";
import { seededChance } from "../../rig/hostile_strings.ts";
import { GENERATE, runBody } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { until } from "../../rig/until.ts";

const REQUESTS = 10_000, WARM_UP = 1_000, AT_ONCE = 8;
const GROWTH_LIMIT = 1.15;
/** Models that are opened and closed, and what each one holds while it is open. */
const MODELS = 24, MODEL_MB = 20;

Deno.test("M1: pages, runs, actions, errors, and runs that are left", async () => {
  await using app = await startApp({ flags: { slots: AT_ONCE }, collects: true });
  const session = await sessionOf(app);
  await load(app, session, WARM_UP, 1);
  const before = await settledState(app);
  await load(app, session, REQUESTS, 2);
  const after = await settledState(app);
  const growth = after.rssBytes / before.rssBytes;
  assert.ok(growth <= GROWTH_LIMIT, `${before.rssBytes} bytes before, ${after.rssBytes} after`);
  const { sessions, files } = before.left;
  assert.deepEqual(after.left, { slots_busy: 0, runs_waiting: 0, sessions: sessions + COLLECTIONS, files });
  const percent = Math.max(0, Math.ceil((growth - 1) * 100));
  measured("M1", `${REQUESTS} requests: ${percent} % more memory, 0 files, sessions and runs left over`);
});

Deno.test("M1: models, each closed before the next one is opened", async () => {
  const closedMb: number[] = [];
  for (let opened = 0; opened < MODELS; opened++) {
    const generator = await onnx("models/demo").open(CONTEXT);
    await generator.close();
    closedMb.push(Deno.memoryUsage().rss / 2 ** 20);
  }
  // The first ones show what the process comes to need; from then on what is kept adds up.
  const later = closedMb.slice(MODELS / 2), kept = (later.at(-1) ?? 0) - (later[0] ?? 0);
  assert.ok(kept < MODEL_MB / 2 * later.length, `${kept.toFixed(0)} MB after ${later.length} models`);
  measured("M1", `${later.length} models opened and closed: ${Math.max(0, Math.ceil(kept))} MB more`);
});

async function load(app: AppProcess, session: string, requests: number, seed: number): Promise<void> {
  const chance = seededChance(seed);
  let sent = 0;
  const client = async () => {
    while (sent++ < requests) await KINDS[chance(KINDS.length)]?.(app, session);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

type Kind = (app: AppProcess, session: string) => Promise<void>;

const KINDS: readonly Kind[] = [
  async (app) => await answered(app.call("/slow/generation"), 200),
  async (app) => await answered(app.call(GENERATE, { body: runBody({ generator: "quick", tokens: 20 }) }), 200),
  async (app) => await answered(app.call(GENERATE, { body: runBody({ generator: "failing", tokens: 20 }) }), 200),
  async (app) => await answered(app.call(GENERATE, { body: { generator: "none" } }), 422),
  async (app) => await answered(app.call("/api/slow/generation/next_token", { body: { generator: "quick" } }), 200),
  // Two clicks of one button at the same time: the second one is refused.
  async (app, session) => await answered(app.call("/api/slow/clicks/elements/count", { body: { session } }), 200, 409),
  async (app) => {
    const leaving = new AbortController();
    const body = runBody({ generator: "quick", tokens: 1_000 });
    const answer = await app.call(GENERATE, { body, signal: leaving.signal });
    const reader = answer.body?.getReader() ?? assert.fail();
    await reader.read();
    await reader.cancel();
  },
];

async function answered(answer: Promise<Response>, ...statuses: readonly number[]): Promise<void> {
  const response = await answer;
  await response.text();
  assert.ok(statuses.includes(response.status), `${response.url} is ${response.status}`);
}

async function sessionOf(app: AppProcess): Promise<string> {
  return (await (await app.call("/api/slow/clicks/elements")).json()).session;
}

/** What is held once nothing is under way; kept connections are the client's, so they are counted out. */
async function settledState(app: AppProcess) {
  await until("all slots are free", async () => (await app.metrics()).slots_busy === 0);
  const { slots_busy, runs_waiting, sessions = 0 } = await app.metrics();
  // Garbage is no memory that was left behind, so it is collected first.
  const rssBytes = await app.collectedBytes();
  const files = [...Deno.readDirSync(`/proc/${app.pid}/fd`)].filter(({ name }) => !isSocket(app.pid, name)).length;
  return { rssBytes, left: { slots_busy, runs_waiting, sessions, files } };
}

/** Whether it is one, or was closed since it was listed. */
function isSocket(pid: number, name: string): boolean {
  try {
    return Deno.readLinkSync(`/proc/${pid}/fd/${name}`).startsWith("socket:");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}
