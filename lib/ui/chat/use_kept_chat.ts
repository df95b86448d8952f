/** The conversations that a browser keeps. Tabs that show the same component add to what the others said. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { exportChat, importChat } from "./chat_file.ts";
import { joined } from "./chat_join.ts";
import type { Chat } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { openedAt } from "./conversations.ts";
import { keepInTab, keptInTab } from "../kept_in_tab.ts";
import { keepText, keptText, MOST_KEPT, setAside } from "../kept_text.ts";
import { thrownText } from "../../lm/thrown.ts";

export interface KeptChat {
  /** What was kept and cannot be read, as it stands there. */
  readonly unread: string | undefined;
  /** Reads what is kept into the chat, and opens it where this tab was. */
  readonly load: () => void;
  /** Keeps the chat, with what other tabs have said meanwhile. */
  readonly save: () => void;
}

/** @param tell shows a sentence on the page */
export function useKeptChat(key: string, chat: Signal<Chat>, tell: (detail: string) => void): KeptChat {
  const unread = useSignal<string | undefined>(undefined);
  /** False until what is kept was read, and for good where it cannot be read nor set aside: then nothing is written. */
  const mayWrite = useRef(false);
  /** What is kept, as this tab last read or wrote it: nothing in it is new. */
  const seen = useRef<string | undefined>(undefined);

  const beside = (theirs: Chat) => joined(chat.value, theirs);

  /** @throws {SyntaxError} */
  function takeIn(by: (theirs: Chat) => Chat): void {
    const text = keptText(key);
    if (text === undefined || text === seen.current) return;
    chat.value = by(importChat(text));
    seen.current = text;
  }

  function leaveAside(error: unknown): void {
    unread.value = keptText(key);
    mayWrite.current = setAside(key) !== undefined;
    tell((mayWrite.current ? TEXT.setAside : TEXT.leftThere)(thrownText(error)));
  }

  function write(next: Chat): void {
    let failed: unknown;
    // Without room for what servers told, the chat itself is kept.
    for (const most of [MOST_KEPT, 0]) {
      try {
        const text = exportChat(next, most);
        keepText(key, text);
        seen.current = text;
        return;
      } catch (error) {
        failed = error;
      }
    }
    // The browser's room for this page is full: the chat goes on, and is told not to outlive the page.
    tell(TEXT.notKept(thrownText(failed)));
  }

  function load(): void {
    mayWrite.current = true;
    try {
      takeIn((theirs) => openedAt(theirs, keptInTab(key)));
    } catch (error) {
      leaveAside(error);
    }
  }

  function save(): void {
    if (!mayWrite.current) return;
    try {
      takeIn(beside);
    } catch (error) {
      leaveAside(error);
    }
    const { turns, leaf } = chat.value;
    keepInTab(key, turns[leaf ?? -1]?.key ?? "");
    if (mayWrite.current) write(chat.value);
  }

  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      const text = keptText(key);
      if (event.key !== key || text === undefined || !mayWrite.current) return;
      try {
        takeIn(beside);
        // Subtle: of two tabs that write at the same moment one does not see the other; what it left out is put back.
        const theirs = importChat(text);
        const both = joined(theirs, chat.value);
        if (exportChat(both, MOST_KEPT) !== exportChat(theirs, MOST_KEPT)) write(both);
      } catch {
        // The next save sets aside what cannot be read, and tells of it.
      }
    };
    addEventListener("storage", onStorage);
    return () => removeEventListener("storage", onStorage);
  }, []);

  return { unread: unread.value, load, save };
}
