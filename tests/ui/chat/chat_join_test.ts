/** Chats of several tabs and files as one: nothing is lost, nothing stands twice, and nobody's place moves. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Step } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { exportChat, importChat } from "../../../lib/ui/chat/chat_file.ts";
import { joined } from "../../../lib/ui/chat/chat_join.ts";
import * as state from "../../../lib/ui/chat/chat_state.ts";
import { begun, conversations, openedAt } from "../../../lib/ui/chat/conversations.ts";

function answered(chat: state.Chat, message: string, answer: string): state.Chat {
  const asked = state.sent(chat, message, 1);
  const first = asked.leaf ?? 0;
  const drawn = state.drawnBy(asked, first, { params: DEFAULT_PARAMS, prefill: "", sequence: 0 });
  return state.accepted(state.cutOff(drawn, first, "stop", () => answer));
}

function said(chat: state.Chat): readonly string[] {
  return state.thread(chat).map(({ text }) => text);
}

Deno.test("joined() adds another tab's turns to the conversation that both know, and keeps one's own place", () => {
  const both = answered(state.EMPTY_CHAT, "hi", "hello");
  const one = answered(both, "about cats", "they purr");
  const other = answered(importChat(exportChat(both)), "about dogs", "they bark");
  const all = joined(one, other);
  assert.deepEqual(said(all), ["hi", "hello", "about cats", "they purr"]);
  assert.deepEqual(all.turns.slice(0, one.turns.length), one.turns);
  const dogs = all.turns.find(({ text }) => text === "about dogs");
  assert.ok(dogs);
  assert.deepEqual(state.siblings(all, dogs).map(({ text }) => text), ["about cats", "about dogs"]);
  assert.deepEqual(said(openedAt(all, other.turns.at(-1)?.key)), said(other));
  assert.equal(state.batchOf(all, all.turns.at(-1)!).length, 1, "its origin names it under its number here");
  assert.deepEqual(joined(all, other), all);
});

Deno.test("joined() keeps conversations apart that two tabs began at the same time", () => {
  const one = answered(state.EMPTY_CHAT, "about cats", "they purr");
  const other = answered(state.EMPTY_CHAT, "about dogs", "they bark");
  const all = joined(one, other);
  assert.deepEqual(conversations(all, "").map(({ title }) => title), ["about dogs", "about cats"]);
  assert.equal(state.siblings(all, all.turns[0]!).length, 1);
  // A conversation that is begun and still empty is nobody else's.
  const empty = begun(one);
  assert.notEqual(joined(empty, other).turns.at(-1)?.conversation, empty.conversation);
});

Deno.test("joined() takes an answer from the tab that has more of it, and what either has accepted", () => {
  const asked = state.drawnBy(state.sent(state.EMPTY_CHAT, "hi", 1), 1, {
    params: DEFAULT_PARAMS,
    prefill: "",
    sequence: 0,
  });
  const whole = state.accepted(state.cutOff(asked, 1, "stop", () => "hello"));
  for (const all of [joined(asked, whole), joined(whole, asked)]) {
    assert.deepEqual(all.turns.map(({ text }) => text), ["hi", "hello"]);
    assert.equal(all.turns[1]?.reason, "stop");
    assert.equal(all.turns[1]?.isAccepted, true);
  }
});

Deno.test("joined() takes the numbers that a server told, and not steps that only name the tokens", () => {
  const chat = answered(state.EMPTY_CHAT, "hi", "hello");
  const token = { id: 1, text: "hello", bytes: [...new TextEncoder().encode("hello")] };
  const named: Step = { sequence: 0, position: 0, token, top: [], processors: [], draw: { kind: "remote" } };
  const numbered = { ...named, logprob: -0.5, rank: 1, top: [{ token, logprob: -0.5, rank: 1 }] };
  const bare = state.withSteps(chat, 1, { steps: [named] }), full = state.withSteps(chat, 1, { steps: [numbered] });
  for (const all of [joined(bare, full), joined(full, bare)]) assert.deepEqual(all.turns[1]?.steps, [numbered]);
  assert.deepEqual(joined(bare, chat).turns[1]?.steps, [named]);
  const longer = state.withSteps(chat, 1, { steps: [named, { ...named, position: 1 }] });
  assert.equal(joined(longer, full).turns[1]?.steps.length, 2, "numbers of a part are not those of the whole");
});

Deno.test("a turn of a file that was edited by hand stands beside the one whose key it has", () => {
  const chat = answered(state.EMPTY_CHAT, "hi", "hello");
  const file = importChat(exportChat(chat).replace("hello", "go away"));
  const all = joined(chat, file);
  assert.deepEqual(all.turns.map(({ text }) => text), ["hi", "hello", "go away"]);
  assert.deepEqual(joined(all, file), all);
});

Deno.test("files of before turns had keys are known again", () => {
  const old = JSON.stringify({
    format: "visuallm-chat",
    version: 1,
    leaf: 1,
    turns: [{ id: 0, role: "user", text: "hi" }, {
      id: 1,
      parent: 0,
      role: "assistant",
      text: "hello",
      reason: "stop",
    }],
  });
  const once = importChat(old);
  assert.deepEqual(joined(once, importChat(old)), once);
});

Deno.test("what runs while others add is written into its own turns alone", () => {
  const asked = state.drawnBy(state.sent(state.EMPTY_CHAT, "hi", 1), 1, {
    params: DEFAULT_PARAMS,
    prefill: "",
    sequence: 0,
  });
  let chat = joined(asked, answered(state.EMPTY_CHAT, "about dogs", "they bark"));
  chat = state.edited(chat, chat.turns[3]!, "they sing");
  chat = state.heard(chat, 1, [{ type: "prompt", tokens: [{ id: 7, text: "p", bytes: [112] }] }]);
  chat = state.cutOff(chat, 1, "cancelled", () => "half");
  assert.deepEqual(chat.turns.map(({ text }) => text), ["hi", "half", "about dogs", "they bark", "they sing"]);
  assert.deepEqual(chat.turns.map(({ promptIds }) => promptIds), [undefined, [7], undefined, undefined, undefined]);
});

const action = fc.record({
  tab: fc.constantFrom(0, 1),
  type: fc.constantFrom("send", "edit", "begin", "save"),
  text: fc.constantFrom("a", "b"),
  n: fc.nat(20),
});

Deno.test("however two tabs take turns at saving, both end with all that either has said", () => {
  fc.assert(fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
    const tabs: state.Chat[] = [state.EMPTY_CHAT, state.EMPTY_CHAT];
    let kept: string | undefined;
    const save = (tab: number) => {
      const before = tabs[tab]!;
      const chat = kept === undefined ? before : joined(before, importChat(kept));
      assert.deepEqual(said(chat), said(before), "what is on screen stays");
      tabs[tab] = chat;
      kept = exportChat(chat);
    };
    for (const { tab, type, text, n } of actions) {
      const chat = tabs[tab]!;
      // Only what is on screen is edited.
      const turn = state.thread(chat)[n];
      if (type === "send") tabs[tab] = answered(chat, text, `re ${text}`);
      else if (type === "begin") tabs[tab] = begun(chat);
      else if (type === "edit" && turn !== undefined) tabs[tab] = state.edited(chat, turn, text);
      else if (type === "save") save(tab);
    }
    for (const tab of [0, 1, 0]) save(tab);
    const [one, other] = tabs.map(({ turns }) => turns.map(({ key, text }) => `${key} ${text}`).sort());
    assert.deepEqual(one, other);
    assert.equal(new Set(one).size, one?.length, "each once");
    for (const chat of tabs) {
      for (const turn of chat.turns) {
        const parent = chat.turns[turn.parent ?? -1];
        assert.equal(parent?.conversation ?? turn.conversation, turn.conversation);
      }
    }
  }));
});
