/** F7: What may pass is tried twice more, in the server's own time; what costs money for nothing, or was begun, never. */
import assert from "node:assert/strict";
import { MONOTONIC } from "../../lib/generators/clock.ts";
import { Client } from "../../lib/generators/openai/client.ts";
import { type Behaviour, startFaultyUpstream } from "../rig/faulty_upstream.ts";
import { measured } from "../rig/measured.ts";
import { startFakeOpenAi } from "../rig/fake_openai.ts";

/** A deadline that no delay can be mistaken for. */
const TIMEOUT_MS = 7_777;
const BODY = { model: "fake", messages: [{ role: "user", content: "a" }], max_tokens: 5 };

const REQUESTS: readonly (readonly [behaviour: Behaviour, requests: number])[] = [
  ["ok", 1],
  ["timeout", 3],
  ["conflict", 3],
  ["rate_seconds", 3],
  ["rate_date", 3],
  ["slow_down", 3],
  ["broken", 3],
  ["html_502", 3],
  ["overloaded", 3],
  ["closes", 3],
  ["then_ok", 2],
  ["quota", 1],
  ["spend_limit", 1],
  ["bad_request", 1],
  ["key", 1],
  ["forbidden", 1],
  ["unknown_model", 1],
  ["json", 1],
  ["redirect", 1],
  ["malformed", 1],
  ["error_object", 1],
  ["cut_chunk", 1],
  ["close_delimited", 1],
];

/** A client whose waits between tries are over at once, and how long they should have been. */
async function hurried(baseUrl: string) {
  const delaysMs: number[] = [];
  const clock = {
    now: () => MONOTONIC.now(),
    after(ms: number, fire: () => void) {
      if (ms === TIMEOUT_MS) return MONOTONIC.after(ms, fire);
      delaysMs.push(ms);
      return MONOTONIC.after(0, fire);
    },
  };
  const client = await Client.create({ baseUrl: new URL(baseUrl), key: undefined, timeoutMs: TIMEOUT_MS, clock });
  const ask = async () => {
    try {
      for await (const _ of client.stream("/chat/completions", BODY));
    } catch {
      // The faults are F6's; here the requests count.
    }
  };
  return { ask, delaysMs };
}

Deno.test("F7: requests of each behaviour, counted at the server", async () => {
  const upstream = startFaultyUpstream();
  for (const [behaviour, requests] of REQUESTS) {
    const { ask, delaysMs } = await hurried(upstream.url(behaviour));
    await ask();
    assert.equal(upstream.asked.get(behaviour), requests, behaviour);
    assert.equal(delaysMs.length, requests - 1, behaviour);
  }
  await upstream.close();
  const total = REQUESTS.reduce((sum, [, requests]) => sum + requests, 0);
  measured("F7", `${REQUESTS.length} behaviours, ${total} requests, each as often as listed`);
});

Deno.test("F7: the server's own time is kept up to 60 s; longer than that is not waited for", async () => {
  const fake = startFakeOpenAi();
  const cases: readonly (readonly [behaviour: string, delaysMs: readonly number[]])[] = [
    ["busy_minute", [60_000, 60_000]],
    ["busy_long", []],
    ["always_busy", [10, 10]],
    ["busy", [20]],
  ];
  for (const [behaviour, wanted] of cases) {
    const { ask, delaysMs } = await hurried(fake.url(behaviour));
    await ask();
    assert.deepEqual(delaysMs, wanted, behaviour);
  }
  await fake.close();
});

Deno.test("F7: without a time of the server's the wait is drawn from the whole of 0.5 s, then of 1 s", async () => {
  // Where nobody listens.
  const { ask, delaysMs } = await hurried("http://127.0.0.1:1/v1");
  const TRIALS = 200;
  for (let trial = 0; trial < TRIALS; trial++) await ask();
  assert.equal(delaysMs.length, 2 * TRIALS);
  for (const [place, mostMs] of [[0, 500], [1, 1_000]] as const) {
    const shares = delaysMs.filter((_, index) => index % 2 === place).map((ms) => ms / mostMs);
    assert.ok(shares.every((share) => share >= 0 && share < 1));
    // Of 200 draws, all on one side of a tenth happens once in 10⁹ times.
    assert.ok(Math.min(...shares) < 0.1 && Math.max(...shares) > 0.9, "the whole range is used");
  }
  measured("F7", `${2 * TRIALS} waits spread over their whole range`);
});
