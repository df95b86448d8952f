/** What the server tells of something that goes on there. */
import { decodeWire } from "../../lm/wire_text.ts";
import { call } from "../api_client.ts";

/** Between two questions. */
const PAUSE_MS = 1_000;

/**
 * Its answers, asked for again and again until the reader ends or `signal` is aborted; undefined where there was none, as a
 * server that is away may come back. A page that nobody sees asks nothing.
 * @param address in the API
 * @param read what an answer says; undefined for one that says nothing
 */
export async function* askedAgain<Answer>(
  address: string,
  read: (answer: unknown) => Answer | undefined,
  signal: AbortSignal,
): AsyncGenerator<Answer | undefined, void, void> {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (document.visibilityState === "hidden") continue;
    yield await call(address, "GET", undefined, signal).then((text) => read(decodeWire(text))).catch(() => undefined);
  }
}
