/** C4: Stop ends a run and an action at once, and pressing it again changes nothing. */
import assert from "node:assert/strict";
import { streamEvents } from "../../lib/ui/api_client.ts";
import { startApp } from "../rig/app_process.ts";
import { elementsRig, gate } from "../rig/elements_rig.ts";
import { GENERATE, runBody } from "../rig/load.ts";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const ACTIONS = "/api/pages/actions";

Deno.test("C4: a run is stopped twice, as the page does it", async () => {
  // The page's own client sends no name, so this app has no proxy in front.
  await using app = await startApp({ flags: { slots: 1 }, hasProxy: false });
  const stop = new AbortController();
  const events: string[] = [];
  const request = { method: "POST", body: runBody({ tokens: 4_000 }), signal: stop.signal } as const;
  for await (const type of streamEvents(app.origin + GENERATE, request, (data) => JSON.parse(data).type)) {
    events.push(type);
    if (events.length < 4) continue;
    stop.abort();
    stop.abort();
  }
  // What had been read already still comes.
  assert.deepEqual(events.slice(0, 4), ["prompt", "step", "step", "step"]);
  assert.ok(events.length < 100 && events.slice(4).every((type) => type === "step"), `${events.length} events`);
  await until("all slots are free", async () => (await app.metrics()).slots_busy === 0);
  const metrics = await app.metrics();
  assert.deepEqual([metrics['runs_total{outcome="cancelled"}'], metrics['runs_total{outcome="error"}']], [1, 0]);
  measured("C4", "a run stopped twice is cancelled once");
});

Deno.test("C4: an action is cancelled twice, and once more when it is over", async () => {
  const app = await rigApp({ modules: [elementsRig] });
  const { session } = await (await app.fetch(`${ACTIONS}/elements`)).json();
  const running = await app.post(`${ACTIONS}/elements/slow`, { session, inputs: {} });
  const text = running.text();
  await until("the action waits", () => gate.isWaiting);
  const cancel = () => app.fetch(`${ACTIONS}/elements/slow?session=${session}`, { method: "DELETE" });
  const answers = [await cancel(), await cancel()];
  const events = await text;
  answers.push(await cancel());
  gate.open();
  assert.deepEqual(answers.map(({ status }) => status), [204, 204, 204]);
  assert.equal(events.match(/"status":"cancelled"/g)?.length, 1);
  assert.equal(events.match(/^event: done$/gm)?.length, 1);
  measured("C4", "an action cancelled three times ends once");
});
