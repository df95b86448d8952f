/** Answers of a server in a chat's file: what it told of them is nowhere to be had again. */
import assert from "node:assert/strict";
import type { RunEvent } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { exportChat, importChat } from "../../../lib/ui/chat/chat_file.ts";
import { joined } from "../../../lib/ui/chat/chat_join.ts";
import * as state from "../../../lib/ui/chat/chat_state.ts";
import { stepsOfTurn } from "../../../lib/ui/chat/turn_tokens.ts";
import { startFakeOpenAi } from "../../rig/fake_openai.ts";
import { serveLoopback } from "../../rig/loopback.ts";
import { openFake } from "../../rig/open_fake.ts";

const params = { ...DEFAULT_PARAMS, maxTokens: 4, seed: 1 };

/** What a server of this behaviour writes after "abc" and a token that it was given. */
async function written(behaviour: string): Promise<readonly RunEvent[]> {
  const fake = startFakeOpenAi();
  const generator = await openFake(fake.url(behaviour));
  const first = await Array.fromAsync(generator.generate({ prompt: "abc", top: 3, params }));
  const path = first.flatMap((event) => event.type === "step" ? [event.token.id] : []).slice(0, 1);
  const events = await Array.fromAsync(generator.generate({ prompt: "abc", top: 3, params, path }));
  await fake.close();
  return events;
}

function answered(chat: state.Chat, text: string, events: readonly RunEvent[]): state.Chat {
  const asked = state.sent(chat, text, 1), first = asked.leaf ?? 0;
  return state.accepted(state.heard(state.drawnBy(asked, first, { params, prefill: "", sequence: 0 }), first, events));
}

for (const behaviour of ["ok", "silent"]) {
  Deno.test(`what a server (${behaviour}) told of an answer comes back with it, and what it was given`, async () => {
    const chat = answered(state.EMPTY_CHAT, "hi", await written(behaviour));
    const { steps = [] } = chat.turns[1] ?? {};
    assert.deepEqual(steps.map(({ draw }) => draw.kind), ["forced", "remote", "remote", "remote"]);
    assert.equal((steps[1]?.top.length ?? 0) > 2, behaviour === "ok");
    const numbers = steps.map((step) => ({ ...step, type: undefined }));
    const back = importChat(exportChat(chat)).turns[1]?.steps.map((step) => ({ ...step, type: undefined }));
    assert.deepEqual(back, numbers);
  });
}

Deno.test("an answer that a server wrote stays one that cannot go on where it was cut off", async () => {
  const events = (await written("ok")).filter(({ type }) => type !== "finish");
  const asked = state.drawnBy(state.sent(state.EMPTY_CHAT, "hi", 1), 1, { params, prefill: "", sequence: 0 });
  const chat = state.cutOff(state.heard(asked, 1, events), 1, "cancelled", () => "half");
  const { reason, origin, steps } = importChat(exportChat(chat)).turns[1]!;
  assert.deepEqual([reason, origin?.ids?.length, steps.at(-1)?.draw.kind], ["cancelled", 4, "remote"]);
});

Deno.test("exportChat() leaves out what servers told of the oldest turns where the text would be longer", async () => {
  const events = await written("ok");
  let chat = state.EMPTY_CHAT;
  for (const text of ["a", "b", "c"]) chat = answered(chat, text, events);
  const whole = exportChat(chat);
  const kept = (most: number) =>
    importChat(exportChat(chat, most)).turns.filter(({ role }) => role === "assistant").map(({ steps }) =>
      steps.length
    );
  assert.deepEqual(kept(Infinity), [4, 4, 4]);
  for (let most = whole.length; most > 0; most -= 50) {
    const text = exportChat(chat, most), lengths = kept(most);
    assert.ok(text.length <= Math.max(most, exportChat(chat, 0).length), `${text.length} of ${most}`);
    assert.deepEqual(lengths, lengths.toSorted((one, other) => one - other), "the latest stay the longest");
  }
  assert.deepEqual(kept(0), [0, 0, 0]);
  assert.equal(importChat(exportChat(chat, 0)).turns[5]?.origin?.ids?.length, 4, "the rest of it stands");
});

Deno.test("joined() takes what a server told from the tab or file that has it", async () => {
  const chat = answered(state.EMPTY_CHAT, "hi", await written("ok"));
  const full = importChat(exportChat(chat)), bare = importChat(exportChat(chat, 0));
  assert.deepEqual([bare.turns[1]?.steps.length, full.turns[1]?.steps.length], [0, 4]);
  for (const both of [joined(full, bare), joined(bare, full)]) assert.deepEqual(both.turns[1], full.turns[1]);
});

Deno.test("importChat() reads the turns of a file whose steps name no token or are none", async () => {
  const text = exportChat(answered(state.EMPTY_CHAT, "hi", await written("ok")));
  const file = JSON.parse(text);
  const told = file.turns[1].told;
  for (
    const change of [
      { tokens: [] },
      { tokens: "none" },
      { tokens: file.tokens.slice(0, 1) },
      { turns: [file.turns[0], { ...file.turns[1], told: [{ ...told[0], token: -1 }] }] },
      { turns: [file.turns[0], { ...file.turns[1], told: {} }] },
    ]
  ) {
    const { turns } = importChat(JSON.stringify({ ...file, ...change }));
    assert.deepEqual([turns[1]?.text, turns[1]?.steps], [file.turns[1].text, []]);
  }
});

Deno.test("stepsOfTurn() says of a server's tokens that were kept alone that nobody knows how they were drawn", async () => {
  const events = await written("ok");
  const chat = importChat(exportChat(answered(state.EMPTY_CHAT, "hi", events), 0));
  // A server tells nothing of a path that it is given.
  const given = events.flatMap((event) =>
    event.type === "step" ? [{ ...event, top: [], draw: { kind: "forced" }, logprob: undefined, rank: undefined }] : []
  );
  const body = given.map((step) => `data: ${JSON.stringify(step)}\n\n`).join("");
  const server = serveLoopback(() => new Response(body, { headers: { "content-type": "text/event-stream" } }));
  const settings = { system: "", controls: {}, generator: "g" };
  const finder = { api: server.origin, chat: () => chat, params: () => params, settings: () => settings };
  const found = await stepsOfTurn(finder, chat.turns[1]!, new AbortController().signal);
  assert.deepEqual(new Set(found?.steps.map(({ draw }) => draw.kind)), new Set(["remote"]));
  assert.match(found?.steps[0]?.evidence?.reason ?? "", /was not kept/);
  await server.close();
});
