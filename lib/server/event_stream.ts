import type { Problem, RunEvent } from "../lm/event.ts";
import { encodeWire } from "../lm/wire.ts";

const HEARTBEAT_MS = 15_000;

export interface EventStreamOptions {
  /** Aborted when the client leaves, so that work inside a step stops too. */
  readonly controller: AbortController;
  /** The problem to end the stream with when the run throws after its first event. */
  readonly onError: (error: unknown) => Problem;
  readonly heartbeatMs?: number;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

/**
 * Answers with a run's events as server-sent events, pulled one by one as the client reads them.
 *
 * The stream ends with exactly one `done` or `error`. A silence is filled with comments, so that proxies keep it open.
 * @throws what the run throws before its first event, so that the answer can have the right status
 */
export async function eventStream(
  events: AsyncGenerator<RunEvent, void, void>,
  { controller, onError, heartbeatMs = HEARTBEAT_MS }: EventStreamOptions,
): Promise<Response> {
  let pending: Promise<IteratorResult<RunEvent, void>> | undefined = Promise.resolve(await events.next());
  let isLeft = false;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      try {
        pending ??= events.next();
        const next = await withTimeout(pending, heartbeatMs);
        if (isLeft) return;
        if (next === undefined) return stream.enqueue(encoder.encode(": heartbeat\n\n"));
        pending = undefined;
        const event = next.value ?? unfinished(onError);
        stream.enqueue(encoder.encode(frame(event)));
        if (event.type !== "done" && event.type !== "error") return;
      } catch (error) {
        if (isLeft) return;
        stream.enqueue(encoder.encode(frame({ type: "error", problem: onError(error) })));
      }
      stream.close();
      await events.return();
    },
    async cancel() {
      isLeft = true;
      controller.abort();
      // A step under way ends first; what it still throws concerns nobody.
      await pending?.catch(() => {});
      await events.return();
    },
  }, { highWaterMark: 0 });
  return new Response(body, { headers: HEADERS });
}

/** Line ends in the data are escaped by JSON, so nothing in it can end or begin a frame. */
function frame(event: RunEvent): string {
  return `event: ${event.type}\ndata: ${encodeWire(event)}\n\n`;
}

function unfinished(onError: (error: unknown) => Problem): RunEvent {
  return { type: "error", problem: onError(new Error("The run ended without saying so")) };
}

/** Undefined when the time is over first. */
async function withTimeout<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<undefined>((resolve) => timer = setTimeout(() => resolve(undefined), ms));
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
