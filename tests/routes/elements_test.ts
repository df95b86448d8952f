/** Actions of a developer's page over the API: only what changed, nothing wrong taken, nothing of another tab's. */
import assert from "node:assert/strict";
import { createParser } from "eventsource-parser";
import type { SessionEvent, SessionState } from "../../lib/components/session_event.ts";
import { component, defineModule, table } from "../../lib/mod.ts";
import { Sessions } from "../../lib/server/sessions.ts";
import { actionRuns, elementsRig, gate } from "../rig/elements_rig.ts";
import { readProblem } from "../rig/read_events.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { until } from "../rig/until.ts";

const INPUTS = "/api/pages/inputs", ACTIONS = "/api/pages/actions";

function app(): Promise<RigApp> {
  return rigApp({ modules: [elementsRig] });
}

async function readSession(response: Response): Promise<readonly SessionEvent[]> {
  assert.equal(response.status, 200, await response.clone().text());
  const events: SessionEvent[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data)), onError: assert.fail });
  parser.feed(await response.text());
  assert.equal(events.at(-1)?.type, "done");
  return events;
}

async function open(rig: RigApp, api: string): Promise<SessionState> {
  return await (await rig.fetch(`${api}/elements`)).json();
}

async function stateOf(rig: RigApp, api: string, session: string): Promise<SessionState> {
  return await (await rig.fetch(`${api}/elements?session=${session}`)).json();
}

function patched(events: readonly SessionEvent[]): readonly string[] {
  return events.flatMap((event) => event.type === "patch" ? event.patches.map(({ element }) => element) : []);
}

Deno.test("POST elements runs the action with the values and sends only what changed", async () => {
  const rig = await app();
  const { session } = await open(rig, INPUTS);
  const inputs = { number_input: 7, choice_input: "b", checkbox: true, text_input: "x<y & z", radio_input: "loud" };
  const events = await readSession(await rig.post(`${INPUTS}/elements/button`, { session, inputs }));
  const state = await stateOf(rig, INPUTS, session);
  assert.deepEqual(JSON.parse(String(state.elements.told?.text)), {
    number: 7,
    choice: "b",
    check: true,
    message: "x<y & z",
    tone: "loud",
    changed: true,
  });
  assert.equal(patched(events).includes("text"), false, "an element that did not change");
  assert.equal(state.elements.text_input?.value, "", "a message is emptied");
  assert.equal(state.elements.radio_input?.value, null, "a choice is forgotten");
  const again = await readSession(
    await rig.post(`${INPUTS}/elements/button`, { session, inputs: { number_input: 7 } }),
  );
  assert.deepEqual(patched(again), ["told"], "unchanged inputs are not sent back");
});

Deno.test("a stream that is open when the app stops ends without an error, there and in the log", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const acted = await rig.post(`${ACTIONS}/elements/slow`, { session, inputs: {} });
  await until("the action waits", () => gate.isWaiting);
  const text = acted.text();
  rig.stop();
  assert.doesNotMatch(await text, /^event: (error|done)/m);
  assert.ok(rig.logged.every((line) => !line.includes('"failure"')));
  await rig.fetch(`${ACTIONS}/elements/slow?session=${session}`, { method: "DELETE" });
  gate.open();
});

Deno.test("a table shows a fraction to five digits with all of them in its title, and any other number as it is", async () => {
  const cells = [-0.30102999566398114, 2024, 0.1234567, 3.25e-12 / 3, 1e21, 12345678.5];
  const numbers = component("Numbers", () => [table(["number"], { rows: cells.map((cell) => [cell]) })]);
  const { fetch } = await rigApp({ modules: [defineModule({ name: "digits", components: [numbers] })] });
  const html = await (await fetch("/digits/numbers")).text();
  const shown = [...html.matchAll(/<div dir="auto"(?: title="([^"]*)")?[^>]*>([^<]*)<\/div>/g)]
    .map(([, title, text]) => title === undefined ? text : `${text} (${title})`);
  assert.deepEqual(shown, [
    "-0.30103 (-0.30102999566398114)",
    "2024",
    "0.1234567",
    "1.083e−12 (1.0833333333333334e-12)",
    "1e+21",
    "12345678.5",
  ]);
});

Deno.test("wrong inputs are refused by name, the state stays, and the action does not run", async () => {
  const rig = await app();
  const { session } = await open(rig, INPUTS);
  const before = await stateOf(rig, INPUTS, session);
  const runs = actionRuns.send;
  const cases: readonly [unknown, number, string | undefined][] = [
    [{ number_input: -5 }, 422, "inputs.number_input"],
    [{ number_input: 99999 }, 422, "inputs.number_input"],
    [{ number_input: "7" }, 422, "inputs.number_input"],
    [{ number_input: null }, 422, "inputs.number_input"],
    [{ number_input: [1] }, 422, "inputs.number_input"],
    [{ choice_input: "none" }, 422, "inputs.choice_input"],
    [{ checkbox: "true" }, 422, "inputs.checkbox"],
    [{ text_input: 1 }, 422, "inputs.text_input"],
    [{ number_input: 5, choice_input: "none" }, 422, "inputs.choice_input"],
    [{ stranger: 1 }, 422, "inputs.stranger"],
    [{ constructor: 1 }, 422, "constructor"],
    [[], 422, "inputs"],
    [null, 422, "inputs"],
  ];
  for (const [inputs, status, field] of cases) {
    const problem = await readProblem(await rig.post(`${INPUTS}/elements/button`, { session, inputs }));
    assert.equal(problem.status, status, JSON.stringify(inputs));
    assert.equal(problem.field, field, JSON.stringify(inputs));
  }
  const bodies: readonly [string, number][] = [
    [`{"session":"${session}","inputs":{"number_input":NaN}}`, 400],
    [`{"session":"${session}","inputs":{"__proto__":{"a":1}}}`, 422],
    [`{"session":"${session}","extra":1}`, 422],
    ["[]", 422],
    ["null", 422],
    [JSON.stringify({ session, inputs: { text_input: "x".repeat(20_000_000) } }), 413],
  ];
  for (const [body, status] of bodies) {
    const problem = await readProblem(await rig.post(`${INPUTS}/elements/button`, body));
    assert.equal(problem.status, status, body.slice(0, 80));
  }
  assert.deepEqual(await stateOf(rig, INPUTS, session), before);
  assert.equal(actionRuns.send, runs);
});

Deno.test("unknown elements are 404, disabled ones 409, other methods 405", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  assert.equal((await readProblem(await rig.post(`${ACTIONS}/elements/nothing`, { session }))).status, 404);
  assert.equal((await readProblem(await rig.post(`${ACTIONS}/elements/told`, { session }))).status, 404);
  const off = await readProblem(await rig.post(`${ACTIONS}/elements/off`, { session }));
  assert.equal(off.status, 409);
  assert.match(off.detail, /"Off" is disabled/);
  assert.equal((await readProblem(await rig.fetch(`${ACTIONS}/elements/slow`))).status, 405);
  assert.equal((await readProblem(await rig.fetch("/api/pages/nowhere/elements"))).status, 404);
});

Deno.test("a session of another page is refused, a malformed id too", async () => {
  const rig = await app();
  const { session } = await open(rig, INPUTS);
  assert.equal((await readProblem(await rig.post(`${ACTIONS}/elements/add`, { session }))).status, 403);
  assert.equal((await readProblem(await rig.fetch(`${ACTIONS}/elements?session=${session}`))).status, 403);
  for (const id of ["", "x", "../..", "0".repeat(31), "A".repeat(32)]) {
    assert.equal((await readProblem(await rig.post(`${INPUTS}/elements/button`, { session: id }))).status, 422, id);
  }
});

Deno.test("two sessions share nothing, interleaved", async () => {
  const rig = await app();
  const [a, b] = [await open(rig, ACTIONS), await open(rig, ACTIONS)];
  const click = (session: string, count: number) =>
    rig.post(`${ACTIONS}/elements/add`, { session, inputs: { number_input: count } }).then(readSession);
  for (let round = 0; round < 25; round++) await Promise.all([click(a.session, 1), click(b.session, 2)]);
  assert.equal((await stateOf(rig, ACTIONS, a.session)).elements.told?.text, "25");
  assert.equal((await stateOf(rig, ACTIONS, b.session)).elements.told?.text, "50");
});

Deno.test("each yield sends what changed, with the progress; a second click while it runs is refused", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const runs = actionRuns.slow;
  const response = await rig.post(`${ACTIONS}/elements/slow`, { session });
  const busy = await readProblem(await rig.post(`${ACTIONS}/elements/slow`, { session }));
  assert.equal(busy.status, 409);
  const events = readSession(response);
  const freeing = setInterval(gate.open);
  const seen = await events;
  clearInterval(freeing);
  const texts = seen.flatMap((event) => event.type === "patch" ? event.patches.map(({ set }) => set?.text) : []);
  assert.equal(texts.at(-1), "finished");
  const last = seen.findLast((event) => event.type === "action");
  assert.equal(last?.type === "action" && last.action.status, "done");
  assert.equal(actionRuns.slow, runs + 1);
});

Deno.test("an action goes on when its client leaves; who comes back sees it run, and then its result", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const response = await rig.post(`${ACTIONS}/elements/slow`, { session });
  await response.body?.cancel();
  assert.equal((await stateOf(rig, ACTIONS, session)).actions.slow?.status, "running");
  const watched = readSession(await rig.fetch(`${ACTIONS}/events?session=${session}`));
  const freeing = setInterval(gate.open);
  const events = await watched;
  clearInterval(freeing);
  assert.equal(events[0]?.type, "state");
  const state = await stateOf(rig, ACTIONS, session);
  assert.equal(state.elements.told?.text, "finished");
  assert.equal(state.actions.slow?.status, "done");
});

Deno.test("HEAD of a page's events is answered, and leaves nobody who listens", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const component = elementsRig.components.find(({ name }) => name === "actions");
  assert.ok(component?.kind === "elements");
  const held = rig.sessions.find({ module: elementsRig, component, client: "a" }, session);
  assert.ok(held !== undefined);
  const listening: AbortSignal[] = [];
  const watch = held.watch.bind(held);
  held.watch = (signal) => {
    listening.push(signal);
    return watch(signal);
  };
  const answer = await rig.fetch(`${ACTIONS}/events?session=${session}`, { method: "HEAD" });
  assert.deepEqual([answer.status, answer.body], [200, null]);
  assert.deepEqual(listening.map(({ aborted }) => aborted), [true]);
});

Deno.test("DELETE cancels an action at once, even one that does not listen", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const events = readSession(await rig.post(`${ACTIONS}/elements/slow`, { session }));
  const answer = await rig.fetch(`${ACTIONS}/elements/slow?session=${session}`, { method: "DELETE" });
  assert.equal(answer.status, 204);
  const last = (await events).findLast((event) => event.type === "action");
  assert.equal(last?.type === "action" && last.action.status, "cancelled");
  gate.open();
});

Deno.test("a failing action tells its message, keeps what it had changed, and logs the stack", async () => {
  const rig = await app();
  const { session } = await open(rig, ACTIONS);
  const runs = actionRuns.fail;
  await readSession(await rig.post(`${ACTIONS}/elements/fail`, { session }));
  const { elements, actions } = await stateOf(rig, ACTIONS, session);
  assert.equal(elements.told?.text, "before the failure");
  const failed = actions.fail;
  assert.ok(failed?.status === "failed");
  assert.match(failed.problem.detail, /^raised on purpose \(tests\/rig\/elements_rig\.ts:\d+:\d+\)$/);
  assert.ok(rig.logged.some((line) => line.includes(failed.problem.id) && line.includes("elements_rig.ts")));
  assert.equal(actionRuns.fail, runs + 1);
});

Deno.test("a lost session is made again from the inputs that a click carries, and says so", async () => {
  const rig = await app();
  const session = "0123456789abcdef".repeat(2);
  const inputs = { number_input: 9, choice_input: "gone" };
  const runs = actionRuns.send;
  const problem = await readProblem(await rig.post(`${INPUTS}/elements/button`, { session, inputs }));
  assert.deepEqual([problem.status, problem.field, actionRuns.send], [409, "session", runs]);
  assert.match(problem.detail, /^This click did nothing: .+ Choice must be one of "a", "b", got "gone"$/);
  const again = await stateOf(rig, INPUTS, session);
  assert.deepEqual([again.restored, again.elements.number_input?.value], [true, 9], "what fits is kept");
  assert.equal((await stateOf(rig, INPUTS, session)).restored, false, "it is told once");
  const events = await readSession(
    await rig.post(`${INPUTS}/elements/button`, { session: session.replace("0", "f"), inputs: { number_input: 9 } }),
  );
  const [first] = events;
  assert.ok(first?.type === "state" && first.state.restored);
  assert.equal(first.state.elements.number_input?.value, 9);
});

Deno.test("a page with elements is rendered whole without JavaScript; a broken one names the reason", async () => {
  const rig = await app();
  const html = await (await rig.fetch("/pages/inputs")).text();
  assert.match(html, /Inputs of every kind/);
  assert.match(html, /<title>Inputs · visuallm<\/title>/);
  assert.equal((await rig.fetch("/pages/my-tables")).status, 200);
  const broken = await rig.fetch("/pages/broken");
  assert.equal(broken.status, 500);
  assert.match(await broken.text(), /this page cannot be built/);
});

Deno.test("sessions are bounded: the one unused for longest is given up, and its signal aborts", async () => {
  const { registry } = await app();
  const component = elementsRig.components.find(({ name }) => name === "actions");
  assert.ok(component?.kind === "elements");
  const owner = { module: elementsRig, component, client: "a" };
  let now = 0;
  const log = { request() {}, failure() {}, lag() {} };
  const sessions = new Sessions({ registry, log, maxSessions: 2, idleMs: 1000, now: () => now });
  const first = await sessions.open(owner), second = await sessions.open(owner);
  sessions.find(owner, first.id);
  await sessions.open(owner);
  assert.equal(sessions.find(owner, second.id), undefined);
  assert.equal(second.state().elements.told?.text, "given up");
  assert.ok(sessions.find(owner, first.id) !== undefined);
  now = 5000;
  await sessions.open(owner);
  assert.equal(sessions.size, 1, "idle ones are given up");
});
