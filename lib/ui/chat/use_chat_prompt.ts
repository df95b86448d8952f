/** The exact text that a request would send, asked for once nobody types. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type ChatPrompt, fetchChatPrompt } from "../generation_client.ts";

/** How long nobody types before the text that would be sent is asked for. */
const PAUSE_MS = 250;

interface ToldPrompt {
  /** Undefined until it is told, and when there is nothing to send. */
  readonly prompt: ChatPrompt | undefined;
  /** The server would not, or could not, tell it. */
  readonly isUntold: boolean;
}

const NOTHING: ToldPrompt = { prompt: undefined, isUntold: false };

/** @param body the request, as JSON; undefined when there is nothing to send */
export function useChatPrompt(url: string, body: string | undefined): ToldPrompt {
  const told = useSignal(NOTHING);
  useEffect(() => {
    if (body === undefined) return void (told.value = NOTHING);
    if (told.value.isUntold) told.value = NOTHING;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      fetchChatPrompt(url, JSON.parse(body), controller.signal).then(
        (prompt) => told.value = { prompt, isUntold: false },
        () => {
          // The same fault will be told, with its reason, when the message is sent.
          if (!controller.signal.aborted) told.value = { prompt: undefined, isUntold: true };
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [body]);
  return told.value;
}
