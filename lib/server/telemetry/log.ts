/** The app's log: one JSON line a request or a failure; never a prompt, a row, a completion or a key. */

import { thrownCause, thrownStack } from "../../lm/thrown.ts";

export const LOG_LEVELS = ["silent", "error", "info"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

export interface RequestLine {
  readonly id: string;
  readonly method: string;
  /** The matched pattern, so that no name from a URL gets into the log. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  /** Tokens that were generated. */
  readonly tokens?: number;
  /** The title of the problem that it ended with. */
  readonly code?: string;
  /** The client left before the body's end. */
  readonly cancelled?: true;
}

export interface Log {
  request(line: RequestLine): void;
  /** An unexpected error, with its stack; `id` is the one that the client got. */
  failure(id: string, error: unknown): void;
  /** The event loop stood still for this long. */
  lag(ms: number): void;
}

type Write = (line: string) => void;

/** @param level `error` leaves out requests, `silent` everything */
export function createLog(level: LogLevel, write: Write = console.error): Log {
  return {
    request(line) {
      if (level === "info") write(JSON.stringify({ event: "request", ...line }));
    },
    failure(id, error) {
      if (level === "silent") return;
      write(JSON.stringify({ event: "failure", id, error: describeError(error) }));
    },
    lag(ms) {
      if (level !== "silent") write(JSON.stringify({ event: "lag", ms }));
    },
  };
}

function describeError(error: unknown): string {
  const stack = thrownStack(error);
  const cause = thrownCause(error);
  return cause === undefined ? stack : `${stack}\ncaused by ${describeError(cause)}`;
}
