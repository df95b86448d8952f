import assert from "node:assert/strict";
import type { FinishReason } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { acceptedAsItCame, draftAfterEdit, draftWithout } from "../../../lib/ui/chat/acceptance.ts";
import { shown } from "../../../lib/ui/chat/chat_choices.ts";
import * as state from "../../../lib/ui/chat/chat_state.ts";
import { begun, opened } from "../../../lib/ui/chat/conversations.ts";

const ORIGIN = { params: DEFAULT_PARAMS, prefill: "", sequence: 0 };
const USAGE = { promptTokens: 1, completionTokens: 1 };

/** A message and its answers, of which each ended so; undefined is cut off as the run is. */
function answered(chat: state.Chat, reasons: readonly (FinishReason | undefined)[], cut: FinishReason): state.Chat {
  const asked = state.sent(chat, "hi", reasons.length);
  const first = asked.leaf ?? 0;
  const finishes = reasons.flatMap((reason, sequence) =>
    reason === undefined ? [] : [{ type: "finish" as const, sequence, reason, text: `${sequence}`, usage: USAGE }]
  );
  const heard = state.heard(state.drawnBy(asked, first, ORIGIN), first, finishes);
  return state.cutOff(heard, first, cut, () => "half");
}

function acceptedOf({ turns }: state.Chat): readonly number[] {
  return turns.filter(({ role, isAccepted }) => role === "assistant" && isAccepted).map(({ id }) => id);
}

Deno.test("acceptedAsItCame() takes an answer that ended by itself, and none that was stopped or cut off", () => {
  for (const reason of ["stop", "length", "content_filter"] as const) {
    assert.deepEqual(acceptedOf(acceptedAsItCame(answered(state.EMPTY_CHAT, [reason], "incomplete"), 1)), [1]);
  }
  for (const cut of ["cancelled", "incomplete", "error"] as const) {
    const chat = answered(state.EMPTY_CHAT, [undefined], cut);
    assert.equal(acceptedAsItCame(chat, 1), chat, cut);
  }
  const half = answered(state.EMPTY_CHAT, ["stop", undefined], "cancelled");
  assert.equal(acceptedAsItCame(half, 1), half, "one of two was stopped");
});

Deno.test("acceptedAsItCame() takes the run's answer on screen, also while another conversation is on screen", () => {
  const two = answered(state.EMPTY_CHAT, ["stop", "stop"], "incomplete");
  assert.deepEqual(acceptedOf(acceptedAsItCame(shown(two, 2), 1)), [2]);
  const chosen = state.accepted(shown(two, 2));
  assert.equal(acceptedAsItCame(chosen, 1), chosen);

  const other = answered(begun(answered(state.EMPTY_CHAT, ["stop"], "incomplete")), ["stop"], "incomplete");
  const elsewhere = opened(other, 0);
  assert.equal(state.pendingTurn(elsewhere)?.id, 1, "the other conversation's answer waits as well");
  assert.deepEqual(acceptedOf(acceptedAsItCame(elsewhere, 3)), [3]);
  assert.deepEqual(state.placeOf(acceptedAsItCame(elsewhere, 3)), state.placeOf(elsewhere));
});

Deno.test("draftWithout() clears the message that is done with, and keeps the next one", () => {
  const chat = answered(state.EMPTY_CHAT, ["stop"], "incomplete");
  assert.equal(draftWithout(0, chat, "hi"), "");
  assert.equal(draftWithout(0, chat, "and then?"), "and then?");
  assert.equal(draftWithout(undefined, chat, "hi"), "hi");
});

Deno.test("draftAfterEdit() gives the message that was edited, and keeps one that was not said yet", () => {
  const chat = state.sent(state.accepted(answered(state.EMPTY_CHAT, ["stop"], "incomplete")), "and then?", 1);
  assert.equal(draftAfterEdit(0, "hello", chat, ""), "hello");
  assert.equal(draftAfterEdit(0, "hello", chat, "hi"), "hello");
  assert.equal(draftAfterEdit(0, "hello", chat, "and then?"), "hello", "the composer shows what waits for its answer");
  assert.equal(draftAfterEdit(0, "hello", chat, "why?"), "why?");
});
