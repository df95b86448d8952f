/** The chat's tree: the state machine of sending and accepting, and that nothing is ever lost. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_PARAMS, PARAM_RANGES } from "../../../lib/lm/params.ts";
import { exportChat, importChat } from "../../../lib/ui/chat/chat_file.ts";
import { inSight, shown } from "../../../lib/ui/chat/chat_choices.ts";
import * as state from "../../../lib/ui/chat/chat_state.ts";
import { countProblem } from "../../../lib/ui/params/completion_count.ts";
import { begun, canOpen, conversations, opened, withoutFirst } from "../../../lib/ui/chat/conversations.ts";

function finish(chat: state.Chat, first: number, text: string): state.Chat {
  const usage = { promptTokens: 1, completionTokens: 1 };
  return state.heard(chat, first, [{ type: "finish", sequence: 0, reason: "stop", text, usage }]);
}

function said(chat: state.Chat): readonly string[] {
  return state.thread(chat).map(({ text }) => text);
}

Deno.test("send, regenerate, another try, accept: only what is accepted stays in the conversation", () => {
  let chat = state.sent(state.EMPTY_CHAT, "hi", 1);
  chat = finish(chat, 1, "one");
  assert.deepEqual(said(chat), ["hi", "one"]);
  assert.equal(state.pendingTurn(chat)?.text, "one");
  // The same text again: another answer to the same message.
  chat = finish(state.sent(chat, "hi", 1), 2, "two");
  assert.deepEqual(said(chat), ["hi", "two"]);
  assert.equal(state.siblings(chat, chat.turns[2]!).length, 2);
  // Another text: another message in its place.
  chat = finish(state.sent(chat, "hello", 1), 4, "three");
  assert.deepEqual(said(chat), ["hello", "three"]);
  chat = state.accepted(chat);
  assert.equal(state.pendingTurn(chat), undefined);
  chat = state.sent(chat, "and now?", 1);
  assert.deepEqual(said(chat), ["hello", "three", "and now?", ""]);
});

Deno.test("a changed turn stands beside the old one, and what followed the old one comes back with it", () => {
  let chat = state.accepted(finish(state.sent(state.EMPTY_CHAT, "a", 1), 1, "b"));
  chat = state.accepted(finish(state.sent(chat, "c", 1), 3, "d"));
  chat = state.edited(chat, chat.turns[1]!, "B");
  assert.deepEqual(said(chat), ["a", "B"]);
  assert.equal(chat.turns.at(-1)?.isEdited, true);
  assert.deepEqual(said(shown(chat, 1)), ["a", "b", "c", "d"]);
  assert.deepEqual(said(state.endedBefore(chat, chat.turns[4]!)), ["a"]);
});

Deno.test("shown() goes on with what was accepted, and of answers that nobody accepted with the first of the latest", () => {
  const origin = { params: DEFAULT_PARAMS, prefill: "", sequence: 0 };
  const shownIds = (chat: state.Chat) => state.thread(shown(chat, 0)).map(({ id }) => id);
  let chat = state.drawnBy(state.sent(state.EMPTY_CHAT, "a", 2), 1, origin);
  assert.deepEqual(shownIds(chat), [0, 1]);
  chat = state.drawnBy(state.answering(chat, 0, 2), 3, origin);
  assert.deepEqual(shownIds(chat), [0, 3]);
  chat = state.sent(state.accepted({ ...chat, leaf: 2 }), "b", 1);
  assert.deepEqual(shownIds(chat), [0, 2, 5, 6]);
});

Deno.test("canOpen() is true where a conversation goes on further than it stands on screen, and opened() brings it back", () => {
  assert.equal(canOpen(state.EMPTY_CHAT), false);
  let chat = state.accepted(finish(state.sent(state.EMPTY_CHAT, "a", 1), 1, "b"));
  chat = state.accepted(finish(state.sent(chat, "c", 1), 3, "d"));
  assert.equal(canOpen(chat), false, "all of the only one stands on screen");
  for (const turn of [chat.turns[0]!, chat.turns[2]!]) {
    // As the browser keeps it, which keeps no way back.
    const before = importChat(exportChat(state.endedBefore(chat, turn)));
    assert.equal(canOpen(before), true);
    assert.deepEqual(said(opened(before, 0)), ["a", "b", "c", "d"]);
  }
  assert.equal(canOpen(begun(chat)), true);
});

Deno.test("a run that was cut off keeps its text, after the prefill, marked with how it ended", () => {
  const asked = state.drawnBy(state.sent(state.EMPTY_CHAT, "a", 2), 1, {
    params: DEFAULT_PARAMS,
    prefill: "",
    sequence: 0,
  });
  const chat = state.cutOff(asked, 1, "cancelled", () => "half");
  assert.deepEqual(chat.turns.slice(1).map(({ text, reason }) => [text, reason]), [
    ["half", "cancelled"],
    ["half", "cancelled"],
  ]);
  // By the dice of another completion: its events come under that one's number.
  const origin = { params: DEFAULT_PARAMS, prefill: "It", sequence: 3 };
  const begun = state.heard(state.drawnBy(state.sent(state.EMPTY_CHAT, "a", 1), 1, origin), 1, [
    { type: "finish", sequence: 3, reason: "length", text: " is", usage: { promptTokens: 1, completionTokens: 1 } },
  ]);
  assert.equal(begun.turns[1]?.text, "It is");
});

Deno.test("a run writes its own turns, whatever number an event has", () => {
  const by = { params: DEFAULT_PARAMS, prefill: "" };
  let chat = state.drawnBy(state.sent(state.EMPTY_CHAT, "a", 3), 1, { ...by, sequence: 0 });
  const usage = { promptTokens: 1, completionTokens: 1 };
  const finish = (sequence: number, text: string) =>
    ({ type: "finish", sequence, reason: "stop", text, usage }) as const;
  chat = state.heard(chat, 1, [finish(0, "one"), finish(1, "two"), finish(2, "three")]);
  // Another answer beside the third one, by its dice.
  chat = state.drawnBy(state.answering(chat, 0, 1), 4, { ...by, sequence: 2 });
  chat = state.heard(chat, 4, [finish(0, "astray"), finish(2, "four")]);
  assert.deepEqual(chat.turns.map(({ text }) => text), ["a", "one", "two", "three", "four"]);
});

const action = fc.oneof(
  fc.record({ type: fc.constant("send"), text: fc.constantFrom("a", "b"), n: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant("accept"), text: fc.constant(""), n: fc.constant(0) }),
  fc.record({ type: fc.constant("edit"), text: fc.string(), n: fc.nat(20) }),
  fc.record({ type: fc.constant("show"), text: fc.constant(""), n: fc.nat(20) }),
  fc.record({ type: fc.constant("begin"), text: fc.constant(""), n: fc.constant(0) }),
);

Deno.test("whatever is done, no turn is lost, and export and import give the same chat", () => {
  fc.assert(fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
    let chat = state.EMPTY_CHAT;
    for (const { type, text, n } of actions) {
      const before = chat.turns;
      const turn = chat.turns[n];
      if (type === "send") chat = state.sent(chat, text, n);
      else if (type === "accept") chat = state.accepted(chat);
      else if (type === "begin") chat = begun(chat);
      else if (turn !== undefined) chat = type === "edit" ? state.edited(chat, turn, text) : shown(chat, turn.id);
      for (const [id, was] of before.entries()) {
        assert.deepEqual({ ...chat.turns[id], isAccepted: true }, { ...was, isAccepted: true });
      }
      const roles = state.thread(chat).map(({ role }) => role);
      assert.deepEqual(roles, roles.map((_, index) => index % 2 === 0 ? "user" : "assistant"));
    }
    assert.deepEqual(importChat(exportChat(chat)), chat);
  }));
});

Deno.test("answers that came together stand together, and an export keeps what their tokens can be had from", () => {
  const params = { ...DEFAULT_PARAMS, temperature: 0.5, logitBias: { 7: -Infinity }, n: 2 };
  const asked = state.sent(state.EMPTY_CHAT, "a", 2);
  let chat = state.drawnBy(asked, 1, { params, prefill: "", sequence: 0 });
  const step = (sequence: number, id: number) => ({
    type: "step" as const,
    sequence,
    position: 0,
    token: { id, text: "x", bytes: [120] },
    top: [],
    processors: [],
    draw: { kind: "greedy" as const },
  });
  const usage = { promptTokens: 1, completionTokens: 1 };
  chat = state.heard(chat, 1, [
    step(0, 5),
    step(1, 6),
    { type: "finish", sequence: 0, reason: "stop", text: "x", usage },
    { type: "finish", sequence: 1, reason: "stop", text: "y", usage },
    { type: "metric", sequence: 1, name: "ppl", value: 2 },
    { type: "metric", sequence: 1, name: "endless", value: Infinity },
  ]);
  assert.deepEqual(state.batchOf(chat, chat.turns[2]!).map(({ text }) => text), ["x", "y"]);
  const back = importChat(exportChat(chat));
  assert.deepEqual(back.turns.map(({ origin }) => origin?.ids), [undefined, [5], [6]]);
  assert.deepEqual(back.turns[2]?.origin?.params, params);
  assert.deepEqual(back.turns[2]?.metrics, { ppl: 2, endless: undefined }, "JSON has no infinity");
  // A later answer to the same message is no part of what came together.
  const again = state.drawnBy(state.answering(chat, 0, 1), 3, { params, prefill: "", sequence: 0 });
  assert.equal(state.batchOf(again, again.turns[3]!).length, 1);
  assert.equal(state.siblings(again, again.turns[3]!).length, 3);
});

Deno.test("conversations are found by what was said in any version, and opened as they were left", () => {
  let chat = state.accepted(finish(state.sent(state.EMPTY_CHAT, "about cats", 1), 1, "they purr"));
  chat = state.accepted(finish(state.sent(begun(chat), "about dogs", 1), 3, "they bark"));
  assert.deepEqual(conversations(chat, "").map(({ title }) => title), ["about dogs", "about cats"]);
  assert.deepEqual(conversations(chat, "PURR").map(({ title }) => title), ["about cats"]);
  assert.deepEqual(conversations(chat, "fish"), []);
  assert.equal(state.siblings(chat, chat.turns[2]!).length, 1, "another conversation is no version of this one");
  assert.deepEqual(said(opened(chat, 0)), ["about cats", "they purr"]);
  assert.deepEqual(said(begun(chat)), []);
});

Deno.test("withoutFirst() copies turns without the steps that came after a longer prompt", () => {
  let chat = state.accepted(finish(state.sent(state.EMPTY_CHAT, "a", 1), 1, "b"));
  chat = state.sent(chat, "c", 1);
  chat = state.heard(state.drawnBy(chat, 3, { params: DEFAULT_PARAMS, prefill: "", sequence: 0 }), 3, [
    { type: "prompt", tokens: [{ id: 1, text: "a", bytes: [97] }] },
    {
      type: "step",
      sequence: 0,
      position: 0,
      token: { id: 7, text: "d", bytes: [100] },
      top: [],
      processors: [],
      draw: { kind: "greedy" },
    },
  ]);
  chat = finish(chat, 3, "d");
  const copy = withoutFirst(chat, 2);
  assert.deepEqual(said(copy), ["c", "d"]);
  const answer = state.thread(copy)[1];
  assert.deepEqual([answer?.steps, answer?.promptIds], [[], undefined]);
  assert.deepEqual(answer?.origin?.ids, [7], "its tokens can be asked for after what stands before it now");
  assert.equal(copy.turns[3]?.steps.length, 1, "what it is a copy of stays as it is");
  // What a reload of the page gives.
  assert.deepEqual(importChat(exportChat(copy)).turns.slice(4), copy.turns.slice(4));
});

Deno.test("answering() adds answers to the conversation of the message, whichever is on screen", () => {
  const chat = begun(finish(state.sent(state.EMPTY_CHAT, "hi", 1), 1, "one"));
  const again = state.answering(chat, 0, 1);
  assert.deepEqual(said(again), ["hi", ""]);
  assert.deepEqual([again.conversation, again.turns[2]?.conversation], [0, 0]);
});

Deno.test("answering() makes one turn at least, and never more than a request may ask for", () => {
  const { max } = PARAM_RANGES.n;
  for (const [n, made] of [[0, 1], [-3, 1], [1, 1], [2.5, 2], [max, max], [100_000_000, max]] as const) {
    const chat = state.sent(state.EMPTY_CHAT, "hi", n);
    assert.equal(chat.turns.length - 1, made, `n = ${n}`);
    assert.deepEqual(said(importChat(exportChat(chat))), ["hi", ""], `n = ${n}`);
  }
});

Deno.test("countProblem() says of a number of completions why no request may ask for it", () => {
  for (const n of [1, 2, PARAM_RANGES.n.max]) assert.equal(countProblem(n), undefined);
  for (const n of [0, -1, 1.5, PARAM_RANGES.n.max + 1, 1e8]) {
    assert.equal(countProblem(n)?.field, "params.n");
    assert.match(countProblem(n)?.detail ?? "", new RegExp(`from 1 to 16, got ${n}$`));
  }
});

Deno.test("importChat() takes all turns of a chat whose leaf is none of them, as one stood in browsers", () => {
  const turn = { id: 0, role: "user", text: "a" };
  for (const leaf of [4, 1, -1, 0.5, "0", null]) {
    const chat = importChat(JSON.stringify({ format: "visuallm-chat", version: 1, turns: [turn], leaf }));
    assert.equal(chat.leaf, undefined, `leaf ${leaf}`);
    assert.deepEqual(said(opened(chat, 0)), ["a"]);
  }
});

Deno.test("importChat() says what is wrong", () => {
  const turn = { id: 0, role: "user", text: "a" };
  const cases: readonly [unknown, RegExp][] = [
    [{}, /expected format "visuallm-chat"/],
    [{ format: "visuallm-chat", version: 2, turns: [] }, /version 1/],
    [{ format: "visuallm-chat", version: 1, turns: [1] }, /turn 0 is no object/],
    [{ format: "visuallm-chat", version: 1, turns: [{ ...turn, parent: 0 }] }, /turn 0 needs/],
    [{ format: "visuallm-chat", version: 1, turns: [{ ...turn, role: "x" }] }, /turn 0 needs/],
  ];
  for (const [value, message] of cases) assert.throws(() => importChat(JSON.stringify(value)), message);
  assert.throws(
    () => importChat("{"),
    /^SyntaxError: Cannot import the chat: expected a file as Export writes it, and this is no JSON/,
  );
});

Deno.test("anew() gives each answer beside others dice of its own, up to the largest seed and then from 0", () => {
  const first = state.sent(state.EMPTY_CHAT, "hi", 1);
  const again = state.answering(first, 0, 1);
  const seedFrom = (seed: number) => state.anew({ ...DEFAULT_PARAMS, n: 1, seed }, again).seed;
  assert.deepEqual([seedFrom(7), seedFrom(4294967294), seedFrom(4294967295)], [8, 4294967295, 0]);
});

Deno.test("inSight() keeps a selection while its turn is on screen, also beside others, and not in another thread", () => {
  let chat = finish(state.sent(state.EMPTY_CHAT, "a", 2), 1, "b");
  const [first, second] = [1, 2].map((turn) => ({ turn, position: 0 }));
  const seen = (chat: state.Chat, beside: readonly number[] = []) =>
    [first, second].map((selection) => inSight(chat, beside, selection) !== undefined);
  // Drawn by one run, they stand beside each other.
  chat = state.drawnBy(chat, 1, { params: DEFAULT_PARAMS, prefill: "", sequence: 0 });
  assert.deepEqual(seen(chat), [true, true]);
  chat = state.accepted(chat);
  assert.deepEqual(seen(chat), [true, false], "the other one is a version that is not shown");
  assert.deepEqual(seen(chat, [1, 2]), [true, true], "it was asked for beside the first");
  assert.deepEqual(seen(shown(chat, 2)), [false, true]);
  assert.deepEqual(seen(state.endedBefore(chat, chat.turns[1]!), [1, 2]), [false, false]);
  assert.deepEqual(seen(begun(chat), [1, 2]), [false, false]);
  assert.equal(inSight(chat, [], undefined), undefined);
});
