/** How fast a stream's tokens come: time to the first one, and tokens a second from there on. Pure. */
import type { RunEvent } from "../lm/event.ts";
import { GENERATION_STRINGS as TEXT } from "./generation_strings.ts";
import { fixed } from "./measure_text.ts";
import { milliseconds } from "./number_format.ts";

export interface Pace {
  readonly startedMs: number;
  /** Tokens that each completion begins with, as those of a branch's path: nobody waits for their draw. */
  readonly given: number;
  /** When the first and the latest frame with drawn tokens came. */
  readonly firstMs?: number;
  readonly lastMs?: number;
  readonly tokens: number;
  /** Of them, those of the first frame. */
  readonly firstTokens: number;
}

/** The pace of a stream of which nothing has come yet. */
export function paceFrom(startedMs: number, given = 0): Pace {
  return { startedMs, given, tokens: 0, firstTokens: 0 };
}

/** The pace after a frame's events. */
export function paced(pace: Pace, events: readonly RunEvent[], nowMs: number): Pace {
  // Subtle: by its place, as a token of the path that would have been drawn anyway is told as a drawn one.
  const drawn = events.filter((event) => event.type === "step" && event.position >= pace.given).length;
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

/** Both as one quiet line; "" before there is anything to say. */
export function paceText(pace: Pace | undefined): string {
  if (pace === undefined) return "";
  const speed = tokensPerSecond(pace), first = firstTokenMs(pace);
  return [
    speed === undefined ? undefined : TEXT.perSecond(fixed(speed, speed < 10 ? 1 : 0)),
    first === undefined ? undefined : TEXT.firstToken(milliseconds(first)),
  ].filter((fact) => fact !== undefined).join(" · ");
}
