import assert from "node:assert/strict";
import { contextUse } from "../../../lib/ui/chat/context_use.ts";
import { EMPTY_CHAT, sent, thread, type Turn } from "../../../lib/ui/chat/chat_state.ts";
import { withoutFirst } from "../../../lib/ui/chat/conversations.ts";

/** A conversation whose prompt is its texts, a token a letter; the first `count` of them the user's and the model's in turn. */
function conversation(...texts: readonly string[]) {
  const turns = texts.map((text, id): Turn => ({
    id,
    key: String(id),
    parent: id === 0 ? undefined : id - 1,
    role: id % 2 === 0 ? "user" : "assistant",
    text,
    isAccepted: true,
    isEdited: false,
    conversation: 0,
    steps: [],
  }));
  const text = texts.join("");
  const tokens = [...text].map((letter) => ({ id: 1, text: letter, bytes: [letter.charCodeAt(0)] }));
  return { turns, prompt: { prompt: { text, spans: [] }, tokens } };
}

Deno.test("contextUse() counts what is taken, what is left, and how many exchanges of the same length still fit", () => {
  const { turns, prompt } = conversation("aaaa", "bbbb", "cccc");
  const use = contextUse({ ...prompt, contextWindow: 40 }, turns);
  // 12 tokens of one pair and a message; 28 more hold two pairs of 12.
  assert.deepEqual(use, { window: 40, used: 12, left: 28, tooMany: 0, exchanges: 2 });
  assert.equal(contextUse({ ...prompt, contextWindow: 12 }, turns)?.left, 0);
});

Deno.test("contextUse() says how many turns of the beginning must go, in pairs, so that one token fits", () => {
  const { turns, prompt } = conversation("aa", "b", "ccc", "dddd", "ee");
  const without = (contextWindow: number) => contextUse({ ...prompt, contextWindow }, turns)?.tooMany;
  // Of 12 tokens the first pair is 3, the second 7.
  assert.equal(without(13), 0);
  assert.equal(without(12), 2);
  assert.equal(without(10), 2);
  assert.equal(without(9), 4);
  assert.equal(without(3), 4);
  assert.equal(without(2), undefined, "the message alone fills the window");
});

Deno.test("contextUse() tells nothing where the server tells no tokens or no window", () => {
  const { turns, prompt } = conversation("a");
  assert.equal(contextUse(undefined, turns), undefined);
  assert.equal(contextUse(prompt, turns), undefined);
  assert.equal(contextUse({ prompt: prompt.prompt, contextWindow: 8 }, turns), undefined);
});

Deno.test("withoutFirst() goes on with copies in a new conversation, and leaves the old one as it was", () => {
  const { turns } = conversation("a", "b", "c", "d");
  const before = { ...EMPTY_CHAT, turns, leaf: 3 };
  const after = withoutFirst(before, 2);
  assert.deepEqual(thread(after).map(({ text }) => text), ["c", "d"]);
  assert.equal(after.conversation, 1);
  assert.deepEqual(after.turns.slice(0, 4), turns);
  assert.deepEqual(thread(sent(after, "e", 1)).map(({ text }) => text), ["c", "d", "e", ""]);
});
