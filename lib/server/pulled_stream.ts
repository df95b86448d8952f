import { type Clock, MONOTONIC } from "../generators/clock.ts";
import { within } from "./admission/within.ts";
import { Silence } from "./admission/silence.ts";

const HEARTBEAT_MS = 15_000;
/** A comment, which readers of events leave out. */
const HEARTBEAT = ": heartbeat\n\n";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

export interface PulledStreamOptions<Item> {
  /** Aborted when the client leaves, so that work inside a step stops too. */
  readonly controller: AbortController;
  /** One item as it is sent. */
  readonly frame: (item: Item) => string;
  /** Whether the stream ends with the item. */
  readonly isLast: (item: Item) => boolean;
  /** The item to end the stream with when the items throw once the answer has begun, or end without a last one. */
  readonly onError: (error: unknown) => Item;
  /** Once it has aborted, the items may end without a last one, and so does the stream. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Answers with items as server-sent events, pulled one by one as the client reads them. A silence is filled with
 * comments, so that proxies keep the stream open; the answer begins with one where the first item is late.
 * @throws what the items throw before the answer has begun, so that it can have the right status
 */
export async function pulledStream<Item>(
  items: AsyncGenerator<Item, void, void>,
  { controller, frame, isLast, onError, signal, clock = MONOTONIC }: PulledStreamOptions<Item>,
): Promise<Response> {
  let pending: Promise<IteratorResult<Item, void>> | undefined = items.next();
  const isLate = await within(HEARTBEAT_MS, pending, clock) === undefined;
  let isLeft = false;
  let beat = () => {};
  const silence = new Silence(clock, HEARTBEAT_MS, () => beat());
  const encoder = new TextEncoder();
  const end = async () => {
    silence.close();
    await items.return();
  };
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      if (isLate) stream.enqueue(encoder.encode(HEARTBEAT));
      beat = () => {
        // Whoever has not read the last one needs no other.
        if ((stream.desiredSize ?? -1) >= 0) stream.enqueue(encoder.encode(HEARTBEAT));
        silence.begin();
      };
    },
    async pull(stream) {
      const send = (item: Item) => stream.enqueue(encoder.encode(frame(item)));
      try {
        silence.begin();
        // Subtle: a heartbeat answers a read while this pull waits on; no other begins before the item has come, which
        // then answers the next read, or lies there until it is read. Who cancels meanwhile finds it pending.
        pending ??= items.next();
        const next = await pending;
        silence.end();
        if (isLeft) return;
        pending = undefined;
        if (next.done !== true) {
          send(next.value);
          if (!isLast(next.value)) return;
        } else if (signal?.aborted !== true) send(onError(new Error("The run ended without saying so")));
      } catch (error) {
        if (isLeft) return;
        send(onError(error));
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
