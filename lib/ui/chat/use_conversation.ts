/** The chat of a screen, which this browser keeps, and the way back to where somebody was in it. */
import { type Signal, useSignal } from "@preact/signals";
import { type Chat, type ChatPlace, EMPTY_CHAT, placeOf } from "./chat_state.ts";
import { hereOn, moved, redone, type Trail, trailFrom, undone } from "../trail.ts";
import { useKeptChat } from "./use_kept_chat.ts";

export interface Conversation {
  readonly chat: Signal<Chat>;
  /** What is kept and cannot be read, as it stands there. */
  readonly unread: string | undefined;
  /** Reads what is kept, and begins the way there. */
  readonly load: () => void;
  readonly save: () => void;
  /** Shows another state of the chat and keeps it; another place in it can be undone. */
  readonly change: (next: Chat) => void;
  /** The same, where nobody has gone anywhere. */
  readonly keep: (next: Chat) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** @param tell shows a sentence on the page */
export function useConversation(key: string, tell: (detail: string) => void): Conversation {
  const chat = useSignal(EMPTY_CHAT);
  const trail = useSignal(trailFrom<ChatPlace>(placeOf(EMPTY_CHAT)));
  const { unread, load, save } = useKeptChat(key, chat, tell);

  function change(next: Chat): void {
    if (next.leaf !== chat.value.leaf || next.conversation !== chat.value.conversation) {
      trail.value = moved(trail.value, placeOf(next));
    }
    keep(next);
  }

  function keep(next: Chat): void {
    chat.value = next;
    save();
  }

  function turnTo(next: Trail<ChatPlace>): void {
    trail.value = next;
    keep({ ...chat.value, ...hereOn(next) });
  }

  return {
    chat,
    unread,
    load: () => {
      load();
      trail.value = trailFrom<ChatPlace>(placeOf(chat.value));
    },
    save,
    change,
    keep,
    undo: () => turnTo(undone(trail.value)),
    redo: () => turnTo(redone(trail.value)),
  };
}
