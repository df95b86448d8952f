import type { Problem } from "../lm/event.ts";
import { type Clock, MONOTONIC } from "../generators/clock.ts";
import { Silence } from "./admission/silence.ts";

const HEARTBEAT_MS = 15_000;

/** What a stream may carry: anything with a type, and one of these two at its end. */
interface StreamEvent {
  readonly type: string;
}

export interface EventStreamOptions {
  /** Aborted when the client leaves, so that work inside a step stops too. */
  readonly controller: AbortController;
  /** The problem to end the stream with when the run throws after its first event. */
  readonly onError: (error: unknown) => Problem;
  /** One event as JSON. */
  readonly encode: (event: StreamEvent) => string;
  readonly clock?: Clock;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/**
 * Answers with events as server-sent events, pulled one by one as the client reads them.
 *
 * The stream ends with exactly one `done` or `error`. A silence is filled with comments, so that proxies keep it open.
 * @throws what the run throws before its first event, so that the answer can have the right status
 */
export async function eventStream(
  events: AsyncGenerator<StreamEvent, void, void>,
  { controller, onError, encode, clock = MONOTONIC }: EventStreamOptions,
): Promise<Response> {
  const first = await events.next();
  let pending: Promise<IteratorResult<StreamEvent, void>> | undefined = Promise.resolve(first);
  let isLeft = false;
  let beat = () => {};
  const silence = new Silence(clock, HEARTBEAT_MS, () => beat());
  const encoder = new TextEncoder();
  const end = async () => {
    silence.close();
    await events.return();
  };
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      beat = () => {
        // Whoever has not read the last one needs no other.
        if ((stream.desiredSize ?? -1) >= 0) stream.enqueue(encoder.encode(": heartbeat\n\n"));
        silence.begin();
      };
    },
    async pull(stream) {
      try {
        silence.begin();
        // Subtle: a heartbeat answers a read while this pull waits on; no other begins before the event has come, which
        // then answers the next read, or lies there until it is read. Who cancels meanwhile finds it pending.
        pending ??= events.next();
        const next = await pending;
        silence.end();
        if (isLeft) return;
        pending = undefined;
        const event = next.value ?? failed(onError(new Error("The run ended without saying so")));
        stream.enqueue(encoder.encode(frame(event.type, encode(event))));
        if (event.type !== "done" && event.type !== "error") return;
      } catch (error) {
        if (isLeft) return;
        const event = failed(onError(error));
        stream.enqueue(encoder.encode(frame(event.type, encode(event))));
      }
      stream.close();
      await end();
    },
    async cancel() {
      isLeft = true;
      silence.close();
      controller.abort();
      // A step under way ends first; what it still throws concerns nobody.
      await pending?.catch(() => {});
      await end();
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: HEADERS });
}

/** Line ends in the data are escaped by JSON, so nothing in it can end or begin a frame. */
function frame(type: string, data: string): string {
  return `event: ${type}\ndata: ${data}\n\n`;
}

function failed(problem: Problem): StreamEvent & { readonly problem: Problem } {
  return { type: "error", problem };
}
