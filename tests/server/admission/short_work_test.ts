/** Work beside the runs: a slot of it comes back whatever the module's code does. */
import assert from "node:assert/strict";
import type { Generator, ScoreRequest } from "../../../lib/generators/generator.ts";
import { admitted } from "../../../lib/server/admission/admitted.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import { Traffic } from "../../../lib/server/admission/traffic.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";

const SECOND = 1_000, MINUTE = 60 * SECOND;
const REQUEST: ScoreRequest = { prompt: "a", completion: "b", top: 1 };

/** A generator that this client uses, and the lanes that lead to it. */
function begun(own: Partial<Generator>) {
  const clock = new FakeClock();
  const traffic = new Traffic({ clock });
  const lanes = traffic.lanes();
  const generator: Generator = {
    facts: { device: "cpu" },
    async *generate() {},
    close: () => Promise.resolve(),
    ...own,
  };
  return { clock, lanes, generator: admitted(generator, { traffic, lanes, client: "one", name: "g" }) };
}

const never = () => new Promise<never>(() => {});

Deno.test("admitted() gives back the slot of a score that never settles, 5 s after its client left", async () => {
  const { clock, lanes, generator } = begun({ score: never });
  const leaving = new AbortController();
  const score = assert.rejects(generator.score?.({ ...REQUEST, signal: leaving.signal }) ?? assert.fail(), {
    name: "AbortError",
  });
  await settled();
  leaving.abort();
  await clock.pass(5 * SECOND - 1);
  assert.equal(lanes.short.busy, 1);
  await clock.pass(1);
  await score;
  assert.deepEqual([lanes.short.busy, clock.timers], [0, 0]);
});

Deno.test("admitted() tells a score to end after 10 minutes, and does not wait for one that goes on", async () => {
  let heard: AbortSignal | undefined;
  const { clock, lanes, generator } = begun({ score: ({ signal }) => (heard = signal, never()) });
  const score = assert.rejects(
    generator.score?.(REQUEST) ?? assert.fail(),
    (error) => error instanceof ProblemError && error.status === 504,
  );
  await settled();
  await clock.pass(10 * MINUTE - 1);
  assert.equal(heard?.aborted, false);
  await clock.pass(1);
  assert.equal(heard?.aborted, true);
  await clock.pass(5 * SECOND);
  await score;
  assert.deepEqual([lanes.short.busy, clock.timers], [0, 0]);
});

Deno.test("admitted() lets who waits to have a prompt tokenized or rendered leave the queue", async () => {
  const { lanes, generator } = begun({ score: never, tokenize: never, renderChat: never });
  for (let slot = 0; slot < lanes.short.limits.slots; slot++) generator.score?.(REQUEST).catch(() => {});
  const leaving = new AbortController();
  const waiting = [generator.tokenize?.("a", leaving.signal), generator.renderChat?.([], leaving.signal)];
  const left = Promise.all(waiting.map((work) => assert.rejects(work ?? assert.fail(), { name: "AbortError" })));
  await settled();
  assert.equal(lanes.short.waiting, 2);
  leaving.abort();
  await left;
  assert.equal(lanes.short.waiting, 0);
});

Deno.test("admitted() gives back the slot of a run whose `finally` never ends, 5 s after it was left", async () => {
  const { clock, lanes, generator } = begun({
    async *generate() {
      try {
        for (;;) yield { type: "prompt", tokens: [] };
      } finally {
        await never();
      }
    },
  });
  const params = { n: 1 } as never;
  const run = generator.generate({ prompt: "a", params, top: 1 });
  await run.next();
  const left = run.return();
  await settled();
  await clock.pass(5 * SECOND - 1);
  assert.equal(lanes.runs.busy, 1);
  await clock.pass(1);
  await left;
  assert.deepEqual([lanes.runs.busy, clock.timers], [0, 0]);
});
