/**
 * The app's log: one JSON line a request or a failure; never a prompt, a row, a completion or a key, unless whoever starts
 * the app asks for the messages of failures.
 */
import { thrownCause, thrownFrames, thrownName, thrownStack } from "../../lm/thrown.ts";

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
  /** An unexpected error: its kind and where it was thrown; `id` is the one that the client got, with the message. */
  failure(id: string, error: unknown): void;
  /** The event loop stood still for this long. */
  lag(ms: number): void;
}

interface LogOptions {
  /** Whether a failure's message is logged too: what a module throws may quote its row, and JSON.parse quotes its text. */
  readonly hasMessages?: boolean;
  readonly write?: (line: string) => void;
}

/** @param level `error` leaves out requests, `silent` everything */
export function createLog(level: LogLevel, { hasMessages = false, write = console.error }: LogOptions = {}): Log {
  return {
    request(line) {
      if (level === "info") write(JSON.stringify({ event: "request", ...line }));
    },
    failure(id, error) {
      if (level === "silent") return;
      write(JSON.stringify({ event: "failure", id, error: described(error, hasMessages) }));
    },
    lag(ms) {
      if (level !== "silent") write(JSON.stringify({ event: "lag", ms }));
    },
  };
}

function described(error: unknown, hasMessages: boolean): string {
  const stack = hasMessages ? thrownStack(error) : [thrownName(error), ...thrownFrames(error)].join("\n");
  const cause = thrownCause(error);
  return cause === undefined ? stack : `${stack}\ncaused by ${described(cause, hasMessages)}`;
}
