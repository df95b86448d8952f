/** C6: Every wait has a deadline on a clock that only runs forward, and ends at its moment, neither earlier nor later. */
import assert from "node:assert/strict";
import { Client } from "../../lib/generators/openai/client.ts";
import { UpstreamError } from "../../lib/generators/openai/upstream_error.ts";
import type { GeneratorEvent } from "../../lib/lm/event.ts";
import { ProblemError } from "../../lib/server/problem.ts";
import { supervised } from "../../lib/server/admission/supervised.ts";
import { Traffic } from "../../lib/server/admission/traffic.ts";
import { component, defineModule, generation } from "../../lib/mod.ts";
import { readProblem } from "../rig/read_events.ts";
import { openRequest, whileServed } from "../rig/raw_client.ts";
import { rigApp, rigPath } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";
import { FakeClock, settled } from "../rig/fake_clock.ts";
import { type Behaviour, startFaultyUpstream } from "../rig/faulty_upstream.ts";
import { measured } from "../rig/measured.ts";
import { until } from "../rig/until.ts";

const SECOND = 1_000, MINUTE = 60 * SECOND;

/** What `work` threw once it is over, and whether it is over. */
function watched(work: Promise<unknown>): { fault: unknown; isOver: boolean } {
  const state: { fault: unknown; isOver: boolean } = { fault: undefined, isOver: false };
  work.catch((error) => state.fault = error).finally(() => state.isOver = true);
  return state;
}

/** @throws when the state does not change exactly when `ms` have passed */
async function endsAt(ms: number, clock: FakeClock, state: { readonly isOver: boolean }): Promise<void> {
  await clock.pass(ms - 1);
  assert.equal(state.isOver, false, `over before ${ms} ms`);
  await clock.pass(1);
  for (let turn = 0; turn < 10 && !state.isOver; turn++) await settled();
  assert.equal(state.isOver, true, `not over at ${ms} ms`);
}

async function* silent(signal: AbortSignal): AsyncGenerator<GeneratorEvent, void, void> {
  yield { type: "prompt", tokens: [] };
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

Deno.test("C6: a run may take 10 minutes in all, and wait 2 of them for its turn", async () => {
  const clock = new FakeClock();
  const { deadlines, ...traffic } = new Traffic({ clock, slots: 1 });
  const total = watched((async () => {
    for await (const _ of supervised(silent, { signal: undefined, deadlines, clock, release: () => {} }));
  })());
  await settled();
  await endsAt(10 * MINUTE, clock, total);
  assert.ok(total.fault instanceof ProblemError && total.fault.status === 504);
  assert.equal(clock.timers, 0);
  const { runs } = new Traffic({ clock, slots: 1 }).lanes();
  const working = runs.enter("one");
  const waiting = watched((async () => {
    for await (const _ of runs.enter("other").wait());
  })());
  await settled();
  await endsAt(2 * MINUTE, clock, waiting);
  assert.ok(waiting.fault instanceof ProblemError && waiting.fault.status === 503);
  working.leave();
  assert.equal(clock.timers, 0);
  measured("C6", "a run ends after 600,000 ms, its wait for a turn after 120,000 ms, ± 0");
  assert.ok(traffic.clock === clock);
});

Deno.test("C6: a run that nobody reads is given up after 30 s", async () => {
  const clock = new FakeClock();
  const { deadlines } = new Traffic({ clock });
  const state = { fault: undefined, isOver: false };
  const run = supervised(silent, { signal: undefined, deadlines, clock, release: () => state.isOver = true });
  await run.next();
  await endsAt(30 * SECOND, clock, state);
  await assert.rejects(run.next(), (error) => error instanceof ProblemError && error.status === 408);
  assert.equal(clock.timers, 0);
  measured("C6", "an unread one after 30,000 ms");
});

Deno.test("C6: a row that does not come is given up after 30 s, a page whose function does not return after 10 minutes", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const never = () => (asked++, new Promise<never>(() => {}));
  const source = { label: "never", open: () => Promise.resolve({ size: 1, problems: [], row: never }) };
  const module = defineModule({
    name: "late",
    generators: { table: rigModule.generators.table ?? assert.fail() },
    tasks: { rows: { dataset: { all: source }, prompt: () => "a" } },
    components: [generation(), component("Page", never)],
  });
  const { fetch, post } = await rigApp({ modules: [module], traffic: { clock } });
  const cases = [
    [
      30 * SECOND,
      () => post("/api/late/generation/generate", {}),
      /Cannot read sample 0 of split "all": it did not come/,
    ],
    [10 * MINUTE, () => fetch("/api/late/page/elements"), /Cannot build page "Page": its function did not return/],
  ] as const;
  for (const [ms, ask, what] of cases) {
    asked = 0;
    const state = { isOver: false }, answer = ask().finally(() => state.isOver = true);
    await until("the module is asked", () => asked === 1 && clock.timers === 1);
    await endsAt(ms, clock, state);
    const { status, detail } = await readProblem(await answer);
    assert.equal(status, 504);
    assert.match(detail, what);
    assert.equal(clock.timers, 0);
  }
  measured("C6", "a row that does not come 30,000 ms, a page of a module's 600,000 ms");
});

/** What a connection gives until the text matches, or until the other end closes it. */
async function readUntil(connection: Deno.TcpConn, end: RegExp): Promise<string> {
  const decoder = new TextDecoder(), part = new Uint8Array(65_536);
  let text = "";
  while (!end.test(text)) {
    const length = await connection.read(part);
    if (length === null) break;
    text += decoder.decode(part.subarray(0, length), { stream: true });
  }
  return text;
}

Deno.test("C6: a body that comes a byte at a time is given up 30 s after its headers, and nothing of it is kept", async () => {
  const clock = new FakeClock();
  const { handler, access, logged } = await rigApp({ traffic: { clock } });
  const json = { "content-type": "application/json", "content-length": "13" };
  await whileServed(handler, async (port) => {
    access.port = port;
    const open = async () => {
      const connection = await openRequest(port, "POST", rigPath("generate"), json, '{"sample"');
      await until("the app waits for the body", () => clock.timers === 1);
      return connection;
    };
    const write = (connection: Deno.TcpConn, text: string) => connection.write(new TextEncoder().encode(text));

    const slow = await open();
    await clock.pass(29 * SECOND);
    await write(slow, ":");
    await clock.pass(SECOND - 1);
    assert.equal(clock.timers, 1, "given up early");
    await clock.pass(1);
    const answer = await readUntil(slow, /\}\s*0\s*$/);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /^connection: close\r$/m);
    assert.match(answer, /^content-type: application\/problem\+json\r$/m);
    assert.match(answer, /Cannot read the request: the body did not end within 30 s/);
    slow.close();

    const late = await open();
    await clock.pass(30 * SECOND - 1);
    await write(late, ":99");
    await write(late, "}");
    assert.match(await readUntil(late, /\}\s*0\s*$/), /^HTTP\/1\.1 422 /, "a body that ends in time is used");
    late.close();
    await until("both are in the log", () => logged.length === 2);
    assert.equal(clock.timers, 0);
  });
  assert.deepEqual(logged.map((line) => JSON.parse(line).code), ["Body too slow", "Invalid request"]);
  measured("C6", "a body that does not end 30,000 ms");
});

/** Tells how many waits have begun, as a test cannot see otherwise what has come over the network. */
class CountingClock extends FakeClock {
  waits = 0;

  override after(ms: number, fire: () => void): () => void {
    this.waits++;
    return super.after(ms, fire);
  }
}

/** With the waits that the client has begun when nothing more comes: one for the headers, and one for each part. */
const UPSTREAM: readonly (readonly [behaviour: Behaviour, waits: number, ms: number, what: RegExp])[] = [
  ["no_headers", 1, 60 * SECOND, /gave no answer within 60 s/],
  ["no_body", 2, 60 * SECOND, /sent nothing for 60 s/],
  ["stall", 5, 30 * SECOND, /sent nothing for 30 s/],
  ["comments", 3, 30 * SECOND, /sent nothing for 30 s/],
];

for (const [behaviour, waits, ms, what] of UPSTREAM) {
  Deno.test({
    name: `C6: a server that does ${behaviour} is left after ${ms} ms`,
    // The server's side of what was left ends with the server.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const upstream = startFaultyUpstream();
      const clock = new CountingClock();
      const baseUrl = new URL(upstream.url(behaviour));
      const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60 * SECOND, clock });
      const state = watched((async () => {
        for await (const _ of client.stream("/chat/completions", { model: "fake", messages: [], max_tokens: 9 }));
      })());
      while (clock.waits < waits) await settled();
      await endsAt(ms, clock, state);
      assert.ok(state.fault instanceof UpstreamError && state.fault.isTimeout);
      assert.match(state.fault.message, what);
      assert.equal(clock.timers, 0);
      await upstream.close();
      measured("C6", `${behaviour} ${ms} ms`);
    },
  });
}

Deno.test({
  name: "C6: a server to which no connection comes about is left when its first answer is due",
  ignore: Deno.build.os !== "linux",
  // Connections that nobody accepts end with the listener.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const crowded = await listenCrowded();
    const clock = new CountingClock();
    const baseUrl = new URL(`http://127.0.0.1:${crowded.addr.port}/v1`);
    const client = await Client.create({ baseUrl, key: undefined, timeoutMs: 60 * SECOND, clock });
    const state = watched(client.ask("/models", {}));
    while (clock.waits < 1) await settled();
    await endsAt(60 * SECOND, clock, state);
    assert.ok(state.fault instanceof UpstreamError && state.fault.isTimeout);
    assert.equal(clock.timers, 0);
    crowded.close();
    measured("C6", "no connection 60000 ms");
  },
});

/** A listener with so many connections waiting to be accepted that the system answers no further one. */
async function listenCrowded(): Promise<Deno.TcpListener> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const UNANSWERED_MS = 500;
  for (let isAnswered = true; isAnswered;) {
    const connecting = Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    connecting.catch(() => {}); // It ends when the listener does.
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), UNANSWERED_MS));
    isAnswered = await Promise.race([connecting.then(() => true), late]);
  }
  return listener;
}
