/** How much of a model's window a conversation takes, and what does not fit. Pure. */
import type { Turn } from "./chat_state.ts";
import type { ChatPrompt } from "../generation_client.ts";
import { tokensOf } from "./turn_tokens.ts";

export interface ContextUse {
  readonly window: number;
  /** Tokens of what is sent. */
  readonly used: number;
  /** Tokens that are left for the answer. */
  readonly left: number;
  /** As many turns of the beginning as must go so that a token of an answer fits; undefined when not even that helps. */
  readonly tooMany: number | undefined;
  /** Messages and answers of this length that still fit, about; undefined before there is one of each. */
  readonly exchanges: number | undefined;
}

/** @param turns that are sent, the message last; undefined where the server tells no tokens or no window */
export function contextUse(prompt: ChatPrompt | undefined, turns: readonly Turn[]): ContextUse | undefined {
  const { tokens, contextWindow: window } = prompt ?? {};
  if (prompt === undefined || tokens === undefined || window === undefined) return undefined;
  const used = tokens.length, left = Math.max(0, window - used);
  const pairs = Math.floor(turns.length / 2);
  const exchanges = pairs === 0 ? undefined : Math.floor(left / (used / pairs));
  return { window, used, left, tooMany: left > 0 ? 0 : pastWindow(prompt, turns, used - window + 1), exchanges };
}

/** Subtle: turns go in pairs, since a conversation begins with the user; the message itself always stays. */
function pastWindow(prompt: ChatPrompt, turns: readonly Turn[], excess: number): number | undefined {
  let freed = 0, gone = 0;
  while (freed < excess && gone + 2 < turns.length) {
    for (const { text } of turns.slice(gone, gone + 2)) freed += tokensOf(text, prompt).length;
    gone += 2;
  }
  return freed < excess ? undefined : gone;
}
