import type { Problem } from "../lm/event.ts";
import { pulledStream, type PulledStreamOptions } from "./pulled_stream.ts";

/** What a stream may carry: anything with a type, and one of these two at its end. */
interface StreamEvent {
  readonly type: string;
}

export interface EventStreamOptions extends Pick<PulledStreamOptions<StreamEvent>, "controller" | "signal" | "clock"> {
  /** The problem to end the stream with when the run throws once the answer has begun. */
  readonly onError: (error: unknown) => Problem;
  /** One event as JSON. */
  readonly encode: (event: StreamEvent) => string;
}

/**
 * Answers with the events of a run or of a page, each under its type.
 *
 * The stream ends with exactly one `done` or `error`, or without either once its signal has aborted.
 * @throws what the run throws before the answer has begun, so that it can have the right status
 */
export async function eventStream(
  events: AsyncGenerator<StreamEvent, void, void>,
  { onError, encode, ...options }: EventStreamOptions,
): Promise<Response> {
  return await pulledStream(events, {
    ...options,
    // Line ends in the data are escaped by JSON, so nothing in it can end or begin a frame.
    frame: (event) => `event: ${event.type}\ndata: ${encode(event)}\n\n`,
    isLast: ({ type }) => type === "done" || type === "error",
    onError: (error) => failed(onError(error)),
  });
}

function failed(problem: Problem): StreamEvent & { readonly problem: Problem } {
  return { type: "error", problem };
}
