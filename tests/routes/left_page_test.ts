/** Pages that ask their model: what they asked ends when nobody waits for it any more. */
import assert from "node:assert/strict";
import type { Generator } from "../../lib/generators/generator.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import { datasetView, defineModule, nextToken, rows } from "../../lib/mod.ts";
import { FakeClock } from "../rig/fake_clock.ts";
import { rigApp } from "../rig/rig_app.ts";
import { rigModel } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

/** An app whose one generator answers only when it is told to stop, and the signals that it was given. */
async function waitingApp() {
  const signals: AbortSignal[] = [];
  function wait(signal?: AbortSignal): Promise<never> {
    assert.ok(signal !== undefined, "a page gives a signal");
    signals.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }
  const generator: Generator = {
    ...fromModel(rigModel, { device: "cpu", precision: "exact" }),
    next: (_, signal) => wait(signal),
    score: ({ signal }) => wait(signal),
  };
  const module = defineModule({
    name: "m",
    generators: { slow: { kind: "own", label: "slow", open: () => Promise.resolve(generator) } },
    tasks: {
      copy: { dataset: { all: rows([{ text: "abc" }]) }, prompt: ({ text }) => text, target: () => "d" },
    },
    components: [nextToken(), datasetView()],
  });
  const clock = new FakeClock();
  return { ...await rigApp({ modules: [module], traffic: { clock } }), clock, signals };
}

for (const path of ["/m/next-token", "/m/dataset?score=1"]) {
  Deno.test(`what a page asks of its model ends when its reader leaves, and is no problem: ${path}`, async () => {
    const { fetch, signals, logged } = await waitingApp();
    const leaving = new AbortController();
    const page = fetch(path, { signal: leaving.signal });
    await until("the model is asked", () => signals.length > 0);
    assert.equal(signals[0]?.aborted, false);
    leaving.abort();
    assert.equal(signals[0]?.aborted, true);
    await (await page).text();
    const lines = logged.map((line): { event: string; code?: string } => JSON.parse(line));
    assert.deepEqual(lines.map(({ event, code }) => [event, code]), [["request", undefined]]);
  });

  Deno.test(`what a page asks of its model ends when the app stops: ${path}`, async () => {
    const { fetch, signals, stop } = await waitingApp();
    const page = fetch(path);
    await until("the model is asked", () => signals.length > 0);
    stop();
    assert.equal(signals[0]?.aborted, true);
    assert.match(await (await page).text(), /the work was cancelled/);
  });
}

Deno.test("a page that is sent without the step that it asked for leaves none behind", async () => {
  const { fetch, signals, clock, logged } = await waitingApp();
  const answer = fetch("/m/next-token");
  await until("the model is asked", () => signals.length > 0);
  await clock.pass(5_000);
  const page = await answer;
  assert.deepEqual([page.status, signals.map(({ aborted }) => aborted)], [200, [true]]);
  await page.text();
  assert.ok(logged.every((line) => !line.includes('"code"')), logged.join("\n"));
});
