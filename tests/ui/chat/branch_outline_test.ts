import assert from "node:assert/strict";
import { branchOutline } from "../../../lib/ui/chat/branch_outline.ts";
import { shown } from "../../../lib/ui/chat/chat_choices.ts";
import { accepted, answering, type Chat, edited, EMPTY_CHAT, sent } from "../../../lib/ui/chat/chat_state.ts";

/** The chat with a text for its latest turn. */
function saying(chat: Chat, text: string): Chat {
  const turns = chat.turns.map((turn) => turn.id === chat.leaf ? { ...turn, text } : turn);
  return accepted({ ...chat, turns });
}

function rowsOf(chat: Chat) {
  return branchOutline(chat).map(({ turn, depth, text, later, isShown }) => [turn.id, depth, text, later, isShown]);
}

Deno.test("branchOutline() lists every version at each fork, from the first word that differs", () => {
  let chat = saying(sent(EMPTY_CHAT, "hello", 1), "i have a dog");
  assert.deepEqual(rowsOf(chat), []);
  // Turn 2 answers the greeting again, and the conversation goes on from there: turns 3 and 4.
  chat = saying(answering(chat, 0, 1), "i have a parrot");
  chat = saying(sent(chat, "its name ?", 1), "rex");
  assert.deepEqual(rowsOf(chat), [[1, 0, "dog", 0, false], [2, 0, "parrot", 2, true]]);
  // The question is asked otherwise: a fork inside the second branch.
  const question = chat.turns[3];
  assert.ok(question !== undefined);
  chat = edited(chat, question, "its age ?");
  assert.deepEqual(rowsOf(chat), [
    [1, 0, "dog", 0, false],
    [2, 0, "parrot", 3, true],
    [3, 1, "name ?", 1, false],
    [5, 1, "age ?", 0, true],
  ]);
  assert.deepEqual(rowsOf(shown(chat, 1)).map((row) => row.at(-1)), [true, false, false, false]);
});

Deno.test("branchOutline() keeps a text whole where nothing of it would be left, and bears ten thousand turns", () => {
  let chat = saying(sent(EMPTY_CHAT, "hello", 1), "yes");
  chat = saying(answering(chat, 0, 1), "yes indeed");
  assert.deepEqual(branchOutline(chat).map(({ text }) => text), ["yes", "yes indeed"]);
  const same = saying(answering(saying(sent(EMPTY_CHAT, "hello", 1), "yes indeed"), 0, 1), "yes indeed");
  assert.deepEqual(branchOutline(same).map(({ text }) => text), ["yes indeed", "yes indeed"]);
  const [first] = chat.turns;
  assert.ok(first !== undefined);
  const from = chat.turns.length;
  const more = Array.from({ length: 10_000 }, (_, index) => {
    const id = from + index;
    return { ...first, id, key: String(id), parent: index === 0 ? chat.leaf : id - 1 };
  });
  chat = { ...chat, turns: [...chat.turns, ...more], leaf: from + more.length - 1 };
  assert.deepEqual(branchOutline(chat).map(({ later }) => later), [0, 10_000]);
});
