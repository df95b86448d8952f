/** Which pages of developers a server keeps, and what those that it does not keep are told. */
import assert from "node:assert/strict";
import { button, component, defineModule, text } from "../../lib/mod.ts";
import { ProblemError } from "../../lib/server/problem.ts";
import { Registry } from "../../lib/server/registry.ts";
import { Sessions } from "../../lib/server/sessions.ts";
import { createLog } from "../../lib/server/telemetry/log.ts";
import { newGate } from "../rig/elements_rig.ts";
import { settled } from "../rig/fake_clock.ts";

const IDLE_MS = 1000, MAX_BYTES = 1000;

/** Sessions of a page whose action waits for a gate, and of one that is too large. */
function rig() {
  const gate = newGate();
  const signals: AbortSignal[] = [];
  const module = defineModule({
    name: "pages",
    components: [
      component("Waiting", ({ signal }) => {
        signals.push(signal);
        return [button("Wait", { name: "wait" }, () => gate.pass())];
      }),
      component("Huge", ({ signal }) => {
        signals.push(signal);
        return [text("x".repeat(MAX_BYTES + 1))];
      }),
    ],
  });
  const registry = new Registry([], { rootUrl: new URL("file:///"), cacheDir: "" });
  const time = { nowMs: 0 };
  const looks = new Set<() => void>();
  const every = (ms: number, look: () => void) => {
    assert.equal(ms, 60_000);
    looks.add(look);
    return () => looks.delete(look);
  };
  const options = { maxSessions: 3, idleMs: IDLE_MS, maxBytes: MAX_BYTES, now: () => time.nowMs, every };
  const sessions = new Sessions({ registry, log: createLog("silent"), ...options });
  const ownerOf = (name: string) => {
    const component = module.components.find((each) => each.name === name);
    assert.ok(component?.kind === "elements");
    return { module, component, client: "a" };
  };
  const owner = ownerOf("waiting");
  /** Looks without using it, as whoever finds a page does. */
  const isKept = (index: number) => signals[index]?.aborted === false;
  const open = () => sessions.open(owner);
  const openRunning = async () => {
    const session = await open();
    session.act("wait", {}, { signal: new AbortController().signal });
    return session;
  };
  return {
    sessions,
    gate,
    time,
    looks,
    signals,
    isKept,
    open,
    openRunning,
    huge: () => sessions.open(ownerOf("huge")),
  };
}

Deno.test("a page whose action runs is in use until it ends, however long nobody touches it", async () => {
  const { time, gate, isKept, open, openRunning } = rig();
  const session = await openRunning();
  time.nowMs = 5 * IDLE_MS;
  await open();
  assert.ok(isKept(0) && session.isRunning);
  gate.open();
  await settled();
  assert.equal(session.isRunning, false);
  time.nowMs += IDLE_MS - 1;
  await open();
  assert.ok(isKept(0), "its end was its last use");
  time.nowMs += 1;
  await open();
  assert.equal(isKept(0), false);
});

Deno.test("a page that nobody uses is given up at the next look, though nobody opens another; one that runs is not", async () => {
  const { sessions, gate, time, looks, isKept, open, openRunning } = rig();
  const look = () => looks.forEach((each) => each());
  await openRunning();
  await open();
  assert.equal(looks.size, 1);
  time.nowMs = IDLE_MS - 1;
  look();
  assert.deepEqual([0, 1].map(isKept), [true, true]);
  time.nowMs = IDLE_MS;
  look();
  assert.deepEqual([0, 1].map(isKept), [true, false]);
  gate.open();
  await settled();
  time.nowMs += IDLE_MS;
  look();
  assert.deepEqual([isKept(0), sessions.size, looks.size], [false, 0, 0]);
});

Deno.test("Sessions looks no more once it is closed", async () => {
  const { sessions, looks, open } = rig();
  await open();
  sessions.close();
  assert.equal(looks.size, 0);
});

Deno.test("of more pages than there is room for, idle ones go first, and never the one that was just opened", async () => {
  const { sessions, isKept, open, openRunning } = rig();
  for (const make of [openRunning, open, open, openRunning, openRunning]) await make();
  assert.deepEqual([0, 1, 2, 3, 4].map(isKept), [true, false, false, true, true]);
  await open();
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(isKept), [false, false, false, true, true, true]);
  assert.equal(sessions.size, 3);
  sessions.close();
});

Deno.test("a page that is given up stays so, whatever its action still does", async () => {
  const { sessions, gate, open, openRunning } = rig();
  await openRunning();
  for (let opened = 0; opened < 3; opened++) await openRunning();
  await open();
  gate.open();
  await settled();
  assert.equal(sessions.size, 3);
});

Deno.test("a page that is refused as too large is told that it is given up", async () => {
  const { signals, huge } = rig();
  await assert.rejects(huge(), (error) => error instanceof ProblemError && error.status === 413);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true]);
});
