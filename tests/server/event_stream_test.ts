/** The stream that every run and every action is sent by. */
import assert from "node:assert/strict";
import { eventStream } from "../../lib/server/event_stream.ts";
import { FakeClock, settled } from "../rig/fake_clock.ts";

interface Event {
  readonly type: string;
}

/** A stream whose events come when a test says so, and its reader. */
async function begun() {
  const clock = new FakeClock();
  const waiting: ((event: Event) => void)[] = [];
  const state = { returned: 0 };
  async function* events(): AsyncGenerator<Event, void, void> {
    try {
      yield { type: "first" };
      while (true) yield await new Promise<Event>((resolve) => waiting.push(resolve));
    } finally {
      state.returned++;
    }
  }
  const response = await eventStream(events(), {
    controller: new AbortController(),
    onError: (error) => assert.fail(String(error)),
    encode: JSON.stringify,
    clock,
  });
  const reader = response.body?.getReader() ?? assert.fail();
  const texts: string[] = [];
  const read = async () => void texts.push(new TextDecoder().decode((await reader.read()).value));
  const startRead = async () => {
    void read();
    await settled();
  };
  const send = (type: string) => waiting.shift()?.({ type });
  return { clock, read, startRead, send, texts, state, reader };
}

Deno.test("eventStream() fills each 15 s of silence with a comment, and loses no event to it", async () => {
  const { clock, read, startRead, send, texts, state } = await begun();
  await read();
  await startRead();
  await clock.pass(14_999);
  assert.equal(texts.length, 1);
  await clock.pass(1);
  assert.equal(texts[1], ": heartbeat\n\n");
  await startRead();
  await clock.pass(10_000);
  send("late");
  await settled();
  assert.match(texts[2] ?? "", /^event: late\n/);
  await startRead();
  await clock.pass(14_999);
  assert.equal(texts.length, 3);
  send("done");
  await settled();
  assert.match(texts[3] ?? "", /^event: done\n/);
  assert.deepEqual([clock.timers, state.returned], [0, 1]);
});

Deno.test("eventStream() heaps up no comments for who does not read, and leaves no timer behind", async () => {
  const { clock, read, startRead, texts, state, reader, send } = await begun();
  await read();
  await startRead();
  await clock.pass(60_000);
  await startRead();
  await clock.pass(0);
  assert.deepEqual(texts.slice(1), [": heartbeat\n\n", ": heartbeat\n\n"]);
  const left = reader.cancel();
  send("unheard");
  await left;
  assert.deepEqual([clock.timers, state.returned], [0, 1]);
});
