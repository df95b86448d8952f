/** What the screens that generate ask of the API. The answers are our own server's, so their types are trusted. */
import type { RunEvent } from "../lm/event.ts";
import type { NextToken } from "../lm/next.ts";
import type { Prompt } from "../lm/prompt.ts";
import type { Token } from "../lm/token.ts";
import type { Scored } from "../lm/wire.ts";
import { decodeWire } from "../lm/wire_text.ts";
import { call, streamEvents } from "./api_client.ts";

/** Streams the events of a run. Ends early, without an error, when `signal` aborts. @throws {ApiError} */
export function streamRun(url: string, body: unknown, signal: AbortSignal): AsyncGenerator<RunEvent, void, void> {
  return streamEvents(url, { method: "POST", body, signal }, (data) => decodeWire(data) as RunEvent);
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
