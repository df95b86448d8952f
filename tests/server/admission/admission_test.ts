/** Admission by hand-computed orders of service. */
import assert from "node:assert/strict";
import { Admission, type AdmissionLimits, type Ticket } from "../../../lib/server/admission/admission.ts";
import { ProblemError } from "../../../lib/server/problem.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";

const LIMITS: AdmissionLimits = { slots: 1, queue: 32, clientQueue: 4, waitMs: 120_000 };

/** Tickets by name, and the order in which they were served. */
function desk(limits: Partial<AdmissionLimits> = {}) {
  const clock = new FakeClock();
  const admission = new Admission({ ...LIMITS, ...limits }, clock);
  const served: string[] = [];
  const positions: Record<string, number[]> = {};
  const faults: Record<string, unknown> = {};
  const tickets: Record<string, Ticket> = {};
  async function enter(client: string, name: string, signal?: AbortSignal): Promise<void> {
    const ticket = admission.enter(client);
    tickets[name] = ticket;
    void (async () => {
      try {
        for await (const ahead of ticket.wait(signal)) (positions[name] ??= []).push(ahead);
        served.push(name);
      } catch (error) {
        ticket.leave();
        faults[name] = error;
      }
    })();
    await settled();
  }
  async function leave(name: string): Promise<void> {
    tickets[name]?.leave();
    await settled();
  }
  return { admission, clock, enter, leave, served, positions, faults };
}

Deno.test("Admission serves up to its slots at once, without a word of a queue", async () => {
  const { enter, served, positions, admission } = desk({ slots: 2 });
  await enter("a", "a1");
  await enter("a", "a2");
  await enter("a", "a3");
  assert.deepEqual([served, positions], [["a1", "a2"], { a3: [0] }]);
  assert.deepEqual([admission.busy, admission.waiting], [2, 1]);
});

Deno.test("Admission takes turns between clients, however many requests one of them has sent", async () => {
  const { enter, leave, served } = desk();
  for (const name of ["a1", "a2", "a3", "a4"]) await enter("a", name);
  for (const name of ["b1", "b2"]) await enter("b", name);
  await enter("c", "c1");
  for (let done = 0; done < 7; done++) await leave(served[done] ?? "");
  assert.deepEqual(served, ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
});

Deno.test("Admission gives a client that comes back no turn for the time that it was away", async () => {
  const { enter, leave, served } = desk();
  for (const client of ["a", "b", "c"]) await enter(client, `${client}1`);
  for (const client of ["b", "c"]) await enter(client, `${client}2`);
  await leave("a1");
  // `a` asks again and again as soon as it is served: the others still come once each before it.
  await enter("a", "a2");
  await leave("b1");
  await leave("c1");
  await enter("a", "a3");
  for (const name of ["b2", "c2", "a2"]) await leave(name);
  assert.deepEqual(served, ["a1", "b1", "c1", "b2", "c2", "a2", "a3"]);
});

Deno.test("Admission tells how many are ahead, and tells again when that changes", async () => {
  const { enter, leave, positions } = desk();
  await enter("a", "a1");
  await enter("a", "a2");
  await enter("a", "a3");
  await enter("b", "b1");
  await leave("a2");
  await leave("a1");
  assert.deepEqual(positions, { a2: [0, 1], a3: [1, 2, 1, 0], b1: [0] });
});

Deno.test("Admission turns away a full queue, and a client with its share of it, with the time to come back", async () => {
  const { enter, admission, clock, leave } = desk({ queue: 5 });
  await enter("a", "a0");
  for (let each = 1; each <= 4; each++) await enter("a", `a${each}`);
  assert.throws(() => admission.enter("a"), refusal(/4 requests of this client wait/, 429, "5"));
  await enter("b", "b1");
  assert.throws(() => admission.enter("c"), refusal(/5 requests wait for it already/, 429, "6"));
  // A run of 9 s makes the smoothed time 1 + 8/8 s; six runs of it are 12 s.
  await clock.pass(9_000);
  await leave("a0");
  await enter("c", "c1");
  assert.throws(() => admission.enter("d"), refusal(/5 requests wait/, 429, "12"));
});

Deno.test("a ticket that is left frees its place, once, and the client's turn", async () => {
  const { enter, leave, served, admission } = desk();
  await enter("a", "a1");
  await enter("b", "b1");
  await enter("c", "c1");
  await leave("b1");
  await leave("b1");
  await enter("b", "b2");
  await leave("a1");
  await leave("a1");
  assert.deepEqual([served, admission.busy, admission.waiting], [["a1", "c1"], 1, 1]);
  await leave("c1");
  await leave("b2");
  assert.deepEqual([served, admission.busy, admission.waiting], [["a1", "c1", "b2"], 0, 0]);
});

Deno.test("a signal that aborts ends the wait, and so does a wait that is too long", async () => {
  const { enter, faults, clock, admission } = desk();
  const leaving = new AbortController();
  await enter("a", "a1");
  await enter("b", "b1", leaving.signal);
  await enter("c", "c1");
  leaving.abort();
  await settled();
  assert.equal(faults.b1, leaving.signal.reason);
  await clock.pass(119_999);
  assert.equal(faults.c1, undefined);
  await clock.pass(1);
  assert.ok(refusal(/waited 120 s/, 503)(faults.c1));
  assert.deepEqual([admission.waiting, clock.timers], [0, 0]);
});

function refusal(detail: RegExp, status: number, retryAfter?: string) {
  return (error: unknown): true => {
    assert.ok(error instanceof ProblemError);
    assert.match(error.detail, detail);
    assert.deepEqual([error.status, error.headers["retry-after"]], [status, retryAfter]);
    return true;
  };
}
