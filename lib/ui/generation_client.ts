/** What the screens that generate ask of the API. The answers are our own server's, so their types are trusted. */
import type { RunEvent } from "../lm/event.ts";
import type { NextToken } from "../lm/next.ts";
import type { Prompt } from "../lm/prompt.ts";
import type { Token } from "../lm/token.ts";
import type { Scored } from "../lm/wire.ts";
import { decodeWire } from "../lm/wire_text.ts";
import { call, streamEvents } from "./api_client.ts";

/** Streams the events of a run. Ends early, without an error, when `signal` aborts. @throws {ApiError} */
export async function* streamRun(
  url: string,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  let sinceMs = performance.now();
  for await (
    const event of streamEvents(url, { method: "POST", body, signal }, (data) => decodeWire(data) as RunEvent)
  ) {
    yield event;
    // Subtle: what arrives at once would be read in one go, and no frame be drawn meanwhile.
    if (performance.now() - sinceMs < READING_MS) continue;
    await nextTask();
    sinceMs = performance.now();
  }
}

/** Longest that events are read without a frame in between. */
const READING_MS = 8;

/** Subtle: a timer would be slowed down in a tab that is not looked at; a message is not. */
async function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
  port1.close();
}

/** Scores a completion (default: the sample's target). @throws {ApiError} */
export async function fetchScore(url: string, body: unknown, signal: AbortSignal): Promise<Scored> {
  return decodeWire(await call(url, "POST", body, signal)) as Scored;
}

/** The distribution after a prompt and a path. @throws {ApiError} */
export async function fetchNextToken(url: string, body: unknown, signal: AbortSignal): Promise<NextToken> {
  return decodeWire(await call(url, "POST", body, signal)) as NextToken;
}

/** What a conversation would send. */
export interface ChatPrompt {
  readonly prompt: Prompt;
  /** Absent when the generator cannot tell. */
  readonly tokens?: readonly Token[];
  /** Most tokens of prompt and completion together; absent when the generator does not tell. */
  readonly contextWindow?: number;
}

/** The exact text that a conversation would send, and its tokens. @throws {ApiError} */
export async function fetchChatPrompt(url: string, body: unknown, signal: AbortSignal): Promise<ChatPrompt> {
  return decodeWire(await call(url, "POST", body, signal)) as ChatPrompt;
}
