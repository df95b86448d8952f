/** I9: A click reaches the one session and action that it names, once, or changes nothing. */
import assert from "node:assert/strict";
import { actionRuns, elementsRig, gate } from "../rig/elements_rig.ts";
import { settled } from "../rig/fake_clock.ts";
import { measured } from "../rig/measured.ts";
import { type RigApp, rigApp } from "../rig/rig_app.ts";
import { rigModule } from "../rig/rig_module.ts";
import { until } from "../rig/until.ts";

const INPUTS = "/api/pages/inputs", ACTIONS = "/api/pages/actions";
const NOBODY = "0123456789abcdef0123456789abcdef";

interface Refusal {
  readonly what: string;
  readonly status: number;
  /** Whose session and which element: default the page's own button. */
  readonly path?: string;
  readonly session?: unknown;
  readonly inputs?: unknown;
  readonly extra?: object;
}

/** Clicks that are refused; OTHER stands for the session of another page. */
const REFUSALS: readonly Refusal[] = [
  { what: "another page's session", status: 403, session: "OTHER" },
  { what: "no session's form", status: 422, session: "x" },
  { what: "an empty session", status: 422, session: "" },
  { what: "a session in upper case", status: 422, session: NOBODY.toUpperCase() },
  { what: "a session with a line end", status: 422, session: `${NOBODY}\n` },
  { what: "an inherited name as session", status: 422, session: "__proto__" },
  { what: "a number as session", status: 422, session: 1 },
  { what: "a list as session", status: 422, session: [NOBODY] },
  { what: "an unknown action", status: 404, path: `${INPUTS}/elements/nothing` },
  { what: "an inherited name as action", status: 404, path: `${INPUTS}/elements/__proto__` },
  { what: "an element that only shows", status: 404, path: `${INPUTS}/elements/told` },
  { what: "an input as action", status: 404, path: `${INPUTS}/elements/number_input` },
  { what: "an action of another page", status: 404, path: `${INPUTS}/elements/slow` },
  { what: "a page without elements", status: 404, path: "/api/rig/generation/elements/button" },
  { what: "an unknown page", status: 404, path: "/api/pages/nothing/elements/button" },
  { what: "an action that is switched off", status: 409, path: `${ACTIONS}/elements/off`, session: "OTHER" },
  { what: "a text for a number", status: 422, inputs: { number_input: "3" } },
  { what: "a number out of range", status: 422, inputs: { number_input: 11 } },
  { what: "a list for a number", status: 422, inputs: { number_input: [3] } },
  { what: "a choice that is not there", status: 422, inputs: { choice_input: "c" } },
  { what: "an inherited name as choice", status: 422, inputs: { choice_input: "constructor" } },
  { what: "a text for a checkbox", status: 422, inputs: { checkbox: "true" } },
  { what: "an object for a text", status: 422, inputs: { text_input: { a: 1 } } },
  { what: "an unknown input", status: 422, inputs: { number_input: 4, nothing: 1 } },
  { what: "one wrong among right ones", status: 422, inputs: { number_input: 4, radio_input: "shrill" } },
  { what: "a list of inputs", status: 422, inputs: [1] },
  { what: "no inputs", status: 422, inputs: null },
  { what: "a field too much", status: 422, extra: { element: "button" } },
];

async function open(rig: RigApp, api: string): Promise<string> {
  return (await (await rig.fetch(`${api}/elements`)).json()).session;
}

async function elementsOf(rig: RigApp, api: string, session: string): Promise<Record<string, { text?: string }>> {
  return (await (await rig.fetch(`${api}/elements?session=${session}`)).json()).elements;
}

async function click(rig: RigApp, path: string, body: object): Promise<number> {
  const answer = await rig.post(path, body);
  await answer.text();
  return answer.status;
}

Deno.test("I9: other pages' sessions, unknown actions, wrong values, replays and clicks at once", async (t) => {
  const rig = await rigApp({ modules: [elementsRig, rigModule] });
  const own = await open(rig, INPUTS), other = await open(rig, ACTIONS);

  await t.step("what is refused runs nothing and changes nothing", async () => {
    const before = JSON.stringify([await elementsOf(rig, INPUTS, own), await elementsOf(rig, ACTIONS, other)]);
    const runs = { ...actionRuns };
    for (const { what, status, path = `${INPUTS}/elements/button`, session = own, inputs = {}, extra } of REFUSALS) {
      const body = { session: session === "OTHER" ? other : session, inputs, ...extra };
      assert.equal(await click(rig, path, body), status, what);
    }
    assert.deepEqual(actionRuns, runs);
    const after = JSON.stringify([await elementsOf(rig, INPUTS, own), await elementsOf(rig, ACTIONS, other)]);
    assert.equal(after, before);
    assert.equal(rig.sessions.size, 2, "no session was made");
  });

  await t.step("two tabs of one page know nothing of each other", async () => {
    const [one, two] = [await open(rig, ACTIONS), await open(rig, ACTIONS)];
    await click(rig, `${ACTIONS}/elements/add`, { session: one, inputs: { number_input: 5 } });
    assert.equal((await elementsOf(rig, ACTIONS, one)).told?.text, "5");
    assert.equal((await elementsOf(rig, ACTIONS, two)).told?.text, "idle");
  });

  await t.step("a click that is sent again runs again, on the state that the first one left", async () => {
    const session = await open(rig, ACTIONS);
    for (let sent = 0; sent < 3; sent++) {
      assert.equal(await click(rig, `${ACTIONS}/elements/add`, { session, inputs: { number_input: 2 } }), 200);
    }
    assert.equal((await elementsOf(rig, ACTIONS, session)).told?.text, "6");
  });

  await t.step("of 20 clicks at once one runs, 19 are told that it does", async () => {
    const session = await open(rig, ACTIONS);
    const before = actionRuns.slow;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rig.post(`${ACTIONS}/elements/slow`, { session })),
    );
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(19).fill(409)]);
    const reading = Promise.all(answers.map((answer) => answer.text()));
    await until("the action is finished", async () => {
      gate.open();
      await settled();
      return (await elementsOf(rig, ACTIONS, session)).told?.text === "finished";
    });
    await reading;
    assert.equal(actionRuns.slow, before + 1);
  });

  await t.step("of 20 short clicks at once each that was taken has counted, once", async () => {
    const session = await open(rig, ACTIONS);
    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => click(rig, `${ACTIONS}/elements/add`, { session, inputs: { number_input: 1 } })),
    );
    const taken = statuses.filter((status) => status === 200).length;
    assert.ok(taken > 0 && statuses.every((status) => status === 200 || status === 409), statuses.join());
    assert.equal((await elementsOf(rig, ACTIONS, session)).told?.text, String(taken));
  });

  await t.step(
    "a session that the server lost is made again for its own page, with the inputs of the click",
    async () => {
      const inputs = { number_input: 7 };
      assert.equal(await click(rig, `${ACTIONS}/elements/add`, { session: NOBODY, inputs }), 200);
      assert.equal((await elementsOf(rig, ACTIONS, NOBODY)).told?.text, "7");
      assert.equal(await click(rig, `${INPUTS}/elements/button`, { session: NOBODY }), 403);
    },
  );

  await t.step("of 10 clicks at once on a lost session all reach the one that is made again", async () => {
    const session = NOBODY.replaceAll("0", "a");
    const statuses = await Promise.all(
      Array.from({ length: 10 }, () => click(rig, `${ACTIONS}/elements/add`, { session, inputs: { number_input: 1 } })),
    );
    const taken = statuses.filter((status) => status === 200).length;
    assert.ok(taken > 0 && statuses.every((status) => status === 200 || status === 409), statuses.join());
    assert.equal((await elementsOf(rig, ACTIONS, session)).told?.text, String(taken));
  });

  await t.step("reading, watching and cancelling ask for the page's own session too", async () => {
    const calls = [`${INPUTS}/elements?session=`, `${INPUTS}/events?session=`];
    for (const call of calls) {
      for (const [session, status] of [[other, 403], ["x", 422], [NOBODY.replace("0", "f"), 404]] as const) {
        const answer = await rig.fetch(call + session);
        await answer.text();
        assert.equal(answer.status, status, call + session);
      }
    }
    const stop = await rig.fetch(`${INPUTS}/elements/button?session=${other}`, { method: "DELETE" });
    await stop.text();
    assert.equal(stop.status, 403);
  });

  measured("I9", `${REFUSALS.length} wrong clicks refused, 0 changes; 50 at once: each that was taken ran once`);
});
