/** The conversations that a browser keeps. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { exportChat, importChat } from "./chat_file.ts";
import type { Chat } from "./chat_state.ts";
import { CHAT_STRINGS as TEXT } from "./chat_strings.ts";
import { keepText, keptText, setAside } from "./kept_text.ts";

/** @param tell shows a sentence on the page */
export function useKeptChat(key: string, tell: (detail: string) => void) {
  const unread = useSignal<string | undefined>(undefined);
  /** False until what is kept was read, and for good where it cannot be read nor set aside: then nothing is written. */
  const mayWrite = useRef(false);
  return {
    /** What was kept and cannot be read, as it stands there. */
    unread: unread.value,
    /** What was kept; undefined when there is nothing, or nothing that can be read. */
    load(): Chat | undefined {
      const text = keptText(key);
      try {
        const chat = text === undefined ? undefined : importChat(text);
        mayWrite.current = true;
        return chat;
      } catch (error) {
        unread.value = text;
        mayWrite.current = setAside(key) !== undefined;
        tell((mayWrite.current ? TEXT.setAside : TEXT.leftThere)(messageOf(error)));
        return undefined;
      }
    },
    save(chat: Chat): void {
      if (!mayWrite.current) return;
      try {
        keepText(key, exportChat(chat));
      } catch (error) {
        // The browser's room for this page is full: the chat goes on, and is told not to outlive the page.
        tell(TEXT.notKept(messageOf(error)));
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
