import type { Problem } from "../lm/event.ts";

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
  readonly heartbeatMs?: number;
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
  { controller, onError, encode, heartbeatMs = HEARTBEAT_MS }: EventStreamOptions,
): Promise<Response> {
  let pending: Promise<IteratorResult<StreamEvent, void>> | undefined = Promise.resolve(await events.next());
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
        const event = next.value ?? failed(onError(new Error("The run ended without saying so")));
        stream.enqueue(encoder.encode(frame(event.type, encode(event))));
        if (event.type !== "done" && event.type !== "error") return;
      } catch (error) {
        if (isLeft) return;
        const event = failed(onError(error));
        stream.enqueue(encoder.encode(frame(event.type, encode(event))));
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
function frame(type: string, data: string): string {
  return `event: ${type}\ndata: ${data}\n\n`;
}

function failed(problem: Problem): StreamEvent & { readonly problem: Problem } {
  return { type: "error", problem };
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
