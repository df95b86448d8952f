/** The system prompt in its field, which stays in its tab when the page is loaded again. */
import { effect, type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { keepInTab, keptInTab } from "../kept_in_tab.ts";
import { lastSettings } from "./chat_settings.ts";
import type { Chat } from "./chat_state.ts";

interface KeptSystem {
  readonly system: Signal<string>;
  /** Brings back what stood in the field, once the chat and its settings have been read. */
  readonly restore: () => void;
}

/** @param own the component's; undefined where its prompt has no place for one, and nothing is kept */
export function useKeptSystem(key: string, chat: Signal<Chat>, own: string | undefined): KeptSystem {
  const system = useSignal(own ?? "");
  // What would stand there anyway is not kept, so that a module that is changed shows its new one.
  const anyway = useComputed(() => lastSettings(chat.value)?.system ?? own);
  const isRestored = useRef(false), typedEarly = useRef<string | undefined>(undefined);

  useEffect(() => {
    // What was typed before the page was alive is newer than what is restored.
    if (system.value !== own) typedEarly.current = system.value;
    return effect(() => {
      const text = system.value === anyway.value ? "" : `${TYPED}${system.value}`;
      if (isRestored.current && own !== undefined) keepInTab(key, text);
    });
  }, []);

  function restore(): void {
    isRestored.current = true;
    const text = typedEarly.current ?? keptInTab(key)?.slice(TYPED.length);
    if (own !== undefined && text !== undefined) system.value = text;
  }

  return { system, restore };
}

/** Stands before what is kept, which tells a field that was emptied from one of which nothing is kept. */
const TYPED = "=";
