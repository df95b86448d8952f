/** I2: 10,000 malformed requests drawn from a seed end in no error of the app, none that takes 2 s, and no memory that is kept. */
import assert from "node:assert/strict";
import { type AppProcess, callHeaders, startApp } from "../../rig/app_process.ts";
import { type FuzzRequest, fuzzRequests } from "../../rig/fuzz_requests.ts";
import { measured } from "../../rig/measured.ts";
import { rawRequest } from "../../rig/raw_client.ts";
import { BROKEN_METRIC } from "../../rig/rig_module.ts";

const REQUESTS = 10_000, SEED = 20;
const CLIENTS = 4;
const SLOWEST_MS = 2_000;
/** The bars of L1 and M1. The first half fills the caches; garbage is collected before each reading. */
const MOST_BYTES = 250e6, GROWTH = 1.15;

interface Outcome {
  readonly status: number;
  readonly elapsedMs: number;
}

/** Sends one as it is; headers that `fetch` would not send go as bytes. */
async function send(app: AppProcess, { kind, method, path, headers, body }: FuzzRequest): Promise<Outcome> {
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(5 * SLOWEST_MS);
  if (kind === "headers") {
    const own = Object.entries({ host: `127.0.0.1:${app.port}`, ...callHeaders(), "content-length": `${body.length}` });
    const lines = [...own, ...headers].map(([name, value]) => `${name}: ${value}`);
    const status = await rawRequest(app.port, [`${method} ${path} HTTP/1.1`, ...lines], body).then(
      (answer) => answer.status,
      // What is no HTTP at all the runtime refuses itself, and does not read to its end.
      (error) => error instanceof Deno.errors.ConnectionReset ? 400 : assert.fail(String(error)),
    );
    return { status, elapsedMs: performance.now() - startedMs };
  }
  const all = { ...callHeaders(), ...Object.fromEntries(headers) };
  const init = { method, headers: all, signal, redirect: "manual", ...(method === "GET" ? {} : { body }) } as const;
  const answer = await fetch(app.origin + path, init);
  await answer.arrayBuffer();
  return { status: answer.status, elapsedMs: performance.now() - startedMs };
}

/** Sends them all, a few at a time. @returns how often each status came, and the longest wait */
async function sendAll(app: AppProcess, requests: Iterator<FuzzRequest>) {
  const statuses = new Map<number, number>();
  let slowestMs = 0, sent = 0;
  const client = async () => {
    for (let next = requests.next(); next.done !== true; next = requests.next()) {
      const repro = `request ${sent++}, to send again: ${JSON.stringify(next.value).slice(0, 2_000)}`;
      const { status, elapsedMs } = await send(app, next.value).catch((error) => assert.fail(`${error}: ${repro}`));
      assert.ok(status >= 200 && status < 500, `${status}: ${repro}`);
      assert.ok(elapsedMs <= SLOWEST_MS, `${elapsedMs} ms: ${repro}`);
      slowestMs = Math.max(slowestMs, elapsedMs);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { statuses, slowestMs };
}

Deno.test("I2: shapes, numbers, texts, names, headers, types, queries and params at random, to an app of its own", async () => {
  await using app = await startApp({
    modules: ["served_rig", "served_talk", "served_pages", "slow_generator"].map((name) => `tests/rig/${name}.ts`),
    flags: { "serve-api": 1, log: "error", "log-content": 1 },
    collects: true,
  });
  const requests = [...fuzzRequests(REQUESTS, SEED)];
  // Of each kind one half before and one after, as they differ in what they need.
  const first = await sendAll(app, requests.filter((_, index) => index % 2 === 0).values());
  const before = await app.collectedBytes();
  const second = await sendAll(app, requests.filter((_, index) => index % 2 === 1).values());
  const bound = Math.min(MOST_BYTES, before * GROWTH);
  const after = await app.collectedBytes();
  const slowestMs = Math.max(first.slowestMs, second.slowestMs);
  const statuses = new Map(first.statuses);
  for (const [status, count] of second.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
  assert.equal([...statuses.values()].reduce((sum, count) => sum + count, 0), REQUESTS);
  // What the rig's own metric throws is told, as it is to be; nothing else may be.
  const told = app.log.filter((line) => line.includes('"failure"') || /unhandled|uncaught/i.test(line));
  const failures = told.filter((line) => !line.includes(`"Error: ${BROKEN_METRIC}`));
  assert.deepEqual(failures, []);
  assert.ok(after <= bound, `${before} bytes before, ${after} after`);
  const counts = [...statuses].toSorted(([one], [other]) => one - other).map(([status, count]) =>
    `${count} × ${status}`
  );
  const size = `${Math.round(after / 1e6)} MB`;
  measured("I2", `${REQUESTS} requests, slowest ${Math.ceil(slowestMs)} ms, ${size}, ${counts.join(", ")}`);
});
