/** O1: The app tells within 50 ms that it lives, under load too, and what keeps it from being ready. */
import assert from "node:assert/strict";
import { defineModule, generation, rows } from "../../../lib/mod.ts";
import type { Generator, GeneratorSource } from "../../../lib/generators/generator.ts";
import { startApp } from "../../rig/app_process.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";
import { quantile, readRuns } from "../../rig/load.ts";
import { measured } from "../../rig/measured.ts";
import { timed } from "../../rig/quiet.ts";
import { rigApp, rigPath } from "../../rig/rig_app.ts";
import { rigModule } from "../../rig/rig_module.ts";
import { until } from "../../rig/until.ts";

const STREAMS = 200, TOKENS = 4_000, CALLS = 100;
const HEALTH_MS = 50, EVERY_MS = 20;

function moduleOf(generators: Readonly<Record<string, GeneratorSource>>) {
  const tasks = { copy: { dataset: { all: rows(["a"]) }, prompt: (text: string) => text } };
  return defineModule({ name: "rig", generators, tasks, components: [generation()] });
}

Deno.test("O1: 100 calls of /api/health beside 200 streams of 20 tokens a second", async () => {
  await using app = await startApp({ flags: { slots: STREAMS } });
  const measure = async () => {
    const leaving = new AbortController();
    const running = readRuns(app, STREAMS, { tokens: TOKENS, signal: leaving.signal }).catch(() => {});
    // The load is there once all of them run; what 200 requests at one moment cost is L1's.
    await until("all streams run", async () => (await app.metrics()).slots_busy === STREAMS);
    const callsMs: number[] = [];
    while (callsMs.length < CALLS) {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
      const startedMs = performance.now();
      const response = await app.call("/api/health");
      assert.deepEqual(await response.json(), { status: "ok" });
      callsMs.push(performance.now() - startedMs);
    }
    leaving.abort();
    await running;
    await until("all have left", async () => (await app.metrics()).slots_busy === 0);
    return Math.ceil(quantile(callsMs, 0.99));
  };
  const { value, note } = await timed([app.pid], measure, (ms) => assert.ok(ms <= HEALTH_MS, `${ms} ms`));
  measured("O1", `${CALLS} calls beside ${STREAMS} streams, p99 ${value} ms${note}`);
});

Deno.test("O1: /api/ready is 503 and says why while a generator loads", async () => {
  let open: (generator: Generator) => void = () => {};
  const late: GeneratorSource = {
    kind: "table",
    label: "late",
    open: () => new Promise((resolve) => open = resolve),
  };
  const module = moduleOf({ late });
  const app = await rigApp({ modules: [module] });
  assert.equal((await app.fetch("/api/ready")).status, 200);
  const run = app.post(rigPath("generate"), { params: { max_tokens: 1 } });
  await settled();
  const answer = await app.fetch("/api/ready");
  const { status, reasons } = await answer.json();
  assert.deepEqual([answer.status, status, reasons], [503, "loading", ["generator rig/late loads"]]);
  const { open: openTable } = rigModule.generators.table ?? assert.fail();
  open(await openTable({ baseUrl: new URL("file:///"), rootUrl: new URL("file:///"), cacheDir: "" }));
  await (await run).body?.cancel();
  assert.equal((await app.fetch("/api/ready")).status, 200);
});

Deno.test("O1: /api/ready is 503 and says why when no run of a generator has got on for more than 60 s", async () => {
  const clock = new FakeClock();
  const module = moduleOf({ waiting: rigModule.generators.waiting ?? assert.fail() });
  const app = await rigApp({ modules: [module], traffic: { slots: 1, clock } });
  const run = await app.post(rigPath("generate"), { generator: "waiting" });
  const reader = run.body?.getReader() ?? assert.fail();
  await reader.read();
  const left = reader.read();
  await settled();
  await clock.pass(60_000);
  assert.equal((await app.fetch("/api/ready")).status, 200);
  await clock.pass(1);
  const answer = await app.fetch("/api/ready");
  assert.equal(answer.status, 503);
  assert.deepEqual((await answer.json()).reasons, ["generator rig/waiting: none of its 1 runs has got on for 60 s"]);
  assert.equal((await app.fetch("/api/health")).status, 200);
  await reader.cancel();
  await left;
  assert.equal((await app.fetch("/api/ready")).status, 200);
  measured("O1", "ready names a generator that loads, and slots that are stuck from 60,001 ms on");
});

Deno.test("O1: /api/ready is 503 and says why when no step or score of a generator has ended for more than 60 s", async () => {
  const clock = new FakeClock();
  const { open } = rigModule.generators.table ?? assert.fail();
  let asked = 0;
  const silent: GeneratorSource = {
    kind: "table",
    label: "never scores",
    open: async (context) => ({ ...await open(context), score: () => (asked++, new Promise<never>(() => {})) }),
  };
  const app = await rigApp({ modules: [moduleOf({ silent })], traffic: { clock } });
  const leaving = new AbortController();
  const scores = Array.from(
    { length: 4 },
    () => app.post(rigPath("score"), { completion: "b" }, { signal: leaving.signal }),
  );
  await until("all slots are taken", () => asked === 4);
  await clock.pass(60_001);
  const answer = await app.fetch("/api/ready");
  assert.equal(answer.status, 503);
  assert.deepEqual((await answer.json()).reasons, [
    "generator rig/silent: none of its 4 steps and scores has got on for 60 s",
  ]);
  leaving.abort();
  await clock.pass(5_000);
  for (const score of scores) assert.equal((await score).status, 503);
  assert.equal((await app.fetch("/api/ready")).status, 200);
});
