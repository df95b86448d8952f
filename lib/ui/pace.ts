/** How fast an answer comes: time to its first token, and tokens a second from there on. Pure. */
import type { RunEvent } from "../lm/event.ts";

export interface Pace {
  readonly startedMs: number;
  /** When the first and the latest frame with drawn tokens came. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly tokens: number;
}

/** The pace after a frame's events. Tokens that were given, as those of a branch's path, take no time and do not count. */
export function paced(pace: Pace, events: readonly RunEvent[], nowMs: number): Pace {
  const drawn = events.filter((event) => event.type === "step" && event.draw.kind !== "forced").length;
  if (drawn === 0) return pace;
  return { ...pace, firstMs: pace.firstMs ?? nowMs, lastMs: nowMs, tokens: pace.tokens + drawn };
}

/** Undefined before there are two tokens, and while all of them came in one frame. */
export function tokensPerSecond({ tokens, firstMs, lastMs }: Pace): number | undefined {
  if (tokens < 2 || firstMs === undefined || lastMs === undefined || lastMs <= firstMs) return undefined;
  return (tokens - 1) * 1000 / (lastMs - firstMs);
}

/** Time from the request to the first token, in ms. */
export function firstTokenMs({ startedMs, firstMs }: Pace): number | undefined {
  return firstMs === undefined ? undefined : firstMs - startedMs;
}
