/** What answers came by: kept once in a file, found again for each turn, and taken back by the fields. */
import assert from "node:assert/strict";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { exportChat, importChat } from "../../../lib/ui/chat/chat_file.ts";
import { joined } from "../../../lib/ui/chat/chat_join.ts";
import { controlValues, isSame, lastSettings, settingsOf } from "../../../lib/ui/chat/chat_settings.ts";
import * as state from "../../../lib/ui/chat/chat_state.ts";
import { withoutFirst } from "../../../lib/ui/chat/conversations.ts";

const LONG = "be brief. ".repeat(10);
const BRIEF: state.Settings = { system: LONG, controls: { mood: "glad", age: 3 }, generator: "demo" };
const RUDE: state.Settings = { system: "be rude", controls: { mood: "glad", age: 3 }, generator: "other" };

function answered(chat: state.Chat, message: string, settings: state.Settings | undefined): state.Chat {
  const asked = state.sent(chat, message, 1), first = asked.leaf ?? 0;
  const origin = { params: DEFAULT_PARAMS, prefill: "", sequence: 0, ...(settings && { settings }) };
  return state.accepted(state.cutOff(state.drawnBy(asked, first, origin), first, "stop", () => `re ${message}`));
}

Deno.test("exportChat() writes what several answers came by once, and importChat() gives it back to each", () => {
  let chat = answered(state.EMPTY_CHAT, "a", BRIEF);
  chat = answered(chat, "b", RUDE);
  chat = answered(chat, "c", { ...BRIEF });
  chat = answered(chat, "d", undefined);
  const text = exportChat(chat);
  assert.equal(text.split(LONG).length - 1, 1);
  const back = importChat(text);
  assert.deepEqual(back, chat);
  assert.equal(exportChat(back), text);
  const table = JSON.stringify({ ...JSON.parse(text), settings: [{ system: 1 }, RUDE] });
  const settings = importChat(table).turns.map(({ origin }) => origin?.settings?.system);
  assert.deepEqual(settings.filter((_, id) => id % 2 === 1), [undefined, "be rude", undefined, undefined]);
  const { settings: _, ...without } = JSON.parse(text);
  assert.equal(importChat(JSON.stringify(without)).turns[1]?.origin?.ids?.length, 0, "the rest of it stands");
});

Deno.test("settingsOf() finds those of an answer, of the message above it, and of steps that were asked for", () => {
  let chat = answered(answered(state.EMPTY_CHAT, "a", BRIEF), "b", RUDE);
  assert.deepEqual(chat.turns.map((turn) => settingsOf(chat, turn)?.generator), ["demo", "demo", "other", "other"]);
  assert.equal(lastSettings(chat)?.generator, "other");
  assert.equal(lastSettings(state.endedBefore(chat, chat.turns[2]!))?.generator, "demo");
  // A copy, another tab's turns, and a version that a person wrote.
  assert.equal(lastSettings(withoutFirst(chat, 2))?.generator, "other");
  assert.equal(lastSettings({ ...joined(state.EMPTY_CHAT, chat), leaf: chat.leaf })?.generator, "other");
  chat = state.edited(chat, chat.turns[3]!, "no");
  assert.equal(settingsOf(chat, chat.turns[4]!), undefined);
  assert.equal(lastSettings(chat)?.generator, "demo");
  chat = state.withSteps(chat, 4, { steps: [], askedUnder: RUDE });
  assert.equal(settingsOf(chat, chat.turns[4]!), RUDE);
  assert.equal(importChat(exportChat(chat)).turns[4]?.askedUnder, undefined, "it ends with the page, as the steps do");
  assert.equal(lastSettings(state.EMPTY_CHAT), undefined);
});

Deno.test("isSame() looks at the system prompt, each control and the generator", () => {
  assert.equal(isSame(BRIEF, { ...BRIEF, controls: { ...BRIEF.controls } }), true);
  for (const other of [{ system: "" }, { generator: "other" }, { controls: { mood: "sad", age: 3 } }]) {
    assert.equal(isSame(BRIEF, { ...BRIEF, ...other }), false);
  }
});

Deno.test("controlValues() takes the values that the controls still have", () => {
  const input = { hidden: false };
  const screen = {
    controls: { mood: "choice_input", age: "number_input", name: "text_input", loud: "checkbox" },
    elements: {
      choice_input: { ...input, kind: "choice_input", value: "sad", choices: ["sad", "glad"] },
      number_input: { ...input, kind: "number_input", value: 1, min: 0, max: 5 },
      text_input: { ...input, kind: "text_input", value: "" },
      checkbox: { ...input, kind: "checkbox", value: false },
    },
  };
  const take = (controls: state.Settings["controls"]) => controlValues(screen, { ...BRIEF, controls });
  assert.deepEqual(take({ mood: "glad", age: 3, name: "\u202eNUL\0", loud: true, gone: 1 }), {
    choice_input: "glad",
    number_input: 3,
    text_input: "\u202eNUL\0",
    checkbox: true,
  });
  const own = { choice_input: "sad", number_input: 1, text_input: "", checkbox: false };
  assert.deepEqual(take({ mood: "angry", age: 9, name: 4, loud: "yes" }), own);
  assert.deepEqual(take({}), own);
});
