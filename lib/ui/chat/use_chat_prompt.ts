/** The exact text that a request would send, asked for once nobody types. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type ChatPrompt, fetchChatPrompt } from "../generation_client.ts";

/** How long nobody types before the text that would be sent is asked for. */
const PAUSE_MS = 250;

/** @param body the request, as JSON; undefined when there is nothing to send */
export function useChatPrompt(url: string, body: string | undefined): ChatPrompt | undefined {
  const prompt = useSignal<ChatPrompt | undefined>(undefined);
  useEffect(() => {
    if (body === undefined) return void (prompt.value = undefined);
    const controller = new AbortController();
    const timer = setTimeout(() => {
      fetchChatPrompt(url, JSON.parse(body), controller.signal).then(
        (next) => prompt.value = next,
        () => {
          // The same fault will be told, with its reason, when the message is sent.
          if (!controller.signal.aborted) prompt.value = undefined;
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [body]);
  return prompt.value;
}
