/** How fast an answer comes: time to its first token, and tokens a second from there on. Pure. */
import type { RunEvent } from "../../lm/event.ts";

export interface Pace {
  readonly startedMs: number;
  /** When the first and the latest frame with drawn tokens came. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly tokens: number;
  /** Of them, those of the first frame. */
  readonly firstTokens: number;
}

/** The pace after a frame's events. Tokens that were given, as those of a branch's path, take no time and do not count. */
export function paced(pace: Pace, events: readonly RunEvent[], nowMs: number): Pace {
  const drawn = events.filter((event) => event.type === "step" && event.draw.kind !== "forced").length;
  if (drawn === 0) return pace;
  const first = pace.firstMs === undefined ? { firstMs: nowMs, firstTokens: drawn } : {};
  return { ...pace, ...first, lastMs: nowMs, tokens: pace.tokens + drawn };
}

/** Of the tokens after the first frame, whose own began at a time that nobody knows; undefined before there are any. */
export function tokensPerSecond({ tokens, firstTokens, firstMs, lastMs }: Pace): number | undefined {
  if (firstMs === undefined || lastMs === undefined || lastMs <= firstMs) return undefined;
  return (tokens - firstTokens) * 1000 / (lastMs - firstMs);
}

/** Time from the request to the first token, in ms. */
export function firstTokenMs({ startedMs, firstMs }: Pace): number | undefined {
  return firstMs === undefined ? undefined : firstMs - startedMs;
}
