import { useRef } from "preact/hooks";
import { RUN_STRINGS } from "./run_strings.ts";

interface AnnouncerProps {
  /** Tells the text from others: another one is told from its start. */
  readonly of: string;
  /** What has come of a streamed text so far. */
  readonly text: string;
  readonly isStreaming: boolean;
}

/** Tells a screen reader a streamed text: whole sentences as they come, and at the end what is left of it. */
export function Announcer({ of, text, isStreaming }: AnnouncerProps) {
  const state = useRef({ of, wasStreaming: false, read: 0, said: "" });
  const wasStreaming = state.current.wasStreaming && state.current.of === of;
  if (isStreaming && !wasStreaming) state.current = { of, wasStreaming, read: 0, said: "" };
  if (isStreaming || wasStreaming) {
    const end = isStreaming ? sentencesEnd(text) : text.length;
    const next = text.slice(state.current.read, end);
    // What was said stays until there is more to say: a reader may come to it late.
    if (next.trim() !== "") state.current = { of, wasStreaming, read: end, said: next };
  }
  state.current.wasStreaming = isStreaming;
  return <div role="log" aria-label={RUN_STRINGS.streamed} class="sr-only">{state.current.said}</div>;
}

/** Where the last whole sentence, or line, of a text ends. @example sentencesEnd("One. Two") is 4 */
export function sentencesEnd(text: string): number {
  const last = [...text.matchAll(/[.!?…]+(?=\s)|[。！？]|\n/gu)].at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}
