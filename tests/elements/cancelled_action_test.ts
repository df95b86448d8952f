/** What an action changes once it was cancelled: in its `finally`, or while it goes on to nobody's knowledge. */
import assert from "node:assert/strict";
import { Session } from "../../lib/components/session.ts";
import type { SessionEvent } from "../../lib/components/session_event.ts";
import { Page } from "../../lib/elements/page.ts";
import { button, text } from "../../lib/mod.ts";
import { newGate } from "../rig/elements_rig.ts";
import { FakeClock, settled } from "../rig/fake_clock.ts";

/** A page with a button that runs, and what a reader of its session has been told. */
function rig(code: (page: { busy(): void; free(told: string): void }) => () => AsyncGenerator<void> | Promise<void>) {
  const status = text("idle", { name: "status" }), page = new Page(), clock = new FakeClock();
  const busy = () => {
    go.disable();
    status.set("running");
  };
  const free = (told: string) => {
    status.set(told);
    go.enable();
  };
  const go = button("Go", { name: "go", inputs: {} }, code({ busy, free }));
  page.add(go);
  page.add(status);
  page.snapshot();
  const report = (error: unknown) => ({ type: "", title: "", status: 500, detail: String(error), id: "" });
  const session = new Session("s", page, { report, onIdle() {}, clock });
  const told: SessionEvent[] = [], shown = new Map<string, unknown>();
  const reading = (async () => {
    for await (const event of session.act("go", {}, { signal: new AbortController().signal })) {
      told.push(event);
      for (const { element, set } of event.type === "patch" ? event.patches : []) {
        for (const [key, value] of Object.entries(set ?? {})) shown.set(`${element}.${key}`, value);
      }
    }
  })();
  const lastAction = () => told.findLast((event) => event.type === "action")?.action.status;
  return { session, clock, reading, told, shown, lastAction };
}

for (const way of ["generator", "promise"] as const) {
  Deno.test(`what a cancelled ${way} changes in its finally reaches the page before its stream ends`, async () => {
    const gate = newGate();
    const { session, reading, told, shown, lastAction, clock } = rig(({ busy, free }) => {
      const wait = async () => {
        try {
          await gate.pass();
        } finally {
          free("stopped");
        }
      };
      if (way === "promise") return () => (busy(), wait());
      return async function* () {
        busy();
        yield;
        await wait();
      };
    });
    await settled();
    session.cancel("go");
    await settled();
    assert.equal(lastAction(), "cancelled", "at once");
    assert.ok(!told.some(({ type }) => type === "done"));
    gate.open();
    await reading;
    assert.deepEqual([shown.get("go.disabled"), shown.get("status.text")], [false, "stopped"]);
    assert.equal(clock.timers, 0);
  });
}

Deno.test("the stream of a cancelled action that never ends does so after a second", async () => {
  const { session, reading, told, lastAction, clock } = rig(({ busy }) => () => {
    busy();
    return new Promise<void>(() => {});
  });
  await settled();
  session.cancel("go");
  await settled();
  await clock.pass(999);
  assert.deepEqual([lastAction(), told.some(({ type }) => type === "done")], ["cancelled", false]);
  await clock.pass(1);
  await reading;
  assert.equal(told.at(-1)?.type, "done");
});

Deno.test("an action that runs again while its cancelled run still ends goes on, and the page has what both changed", async () => {
  const gates = [newGate(), newGate()];
  let runs = 0;
  const { session, reading, shown, lastAction } = rig(({ free }) =>
    async function* () {
      const run = runs++;
      yield;
      await gates[run]?.pass();
      free(`run ${run}`);
    }
  );
  await settled();
  session.cancel("go");
  await settled();
  const again = session.act("go", {}, { signal: new AbortController().signal, isHeard: true });
  gates[0]?.open();
  await settled();
  assert.equal(lastAction(), "running");
  gates[1]?.open();
  await Promise.all([reading, Array.fromAsync(again)]);
  assert.deepEqual([lastAction(), shown.get("status.text")], ["done", "run 1"]);
});
