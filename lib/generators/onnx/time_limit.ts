/** A limit on work that texts and files of a model's can make endless: its tokenizer's patterns and its chat template. */
import { runInThisContext } from "node:vm";

/**
 * A millisecond of work is enough for what people write, but a busy machine may not give it at once; long texts get more,
 * for what a tokenizer needs for them.
 */
const BASE_MS = 500, MS_A_MILLION_CHARACTERS = 2_800, MOST_MS = 750;
/** How long after the time is over the runtime ends the work. */
const GRACE_MS = 200;
/** Where the runtime finds the work, as it can only end what it has started as a script. */
const PLACE = "__visuallm_limited";

/**
 * Does work that never waits, and ends it when it takes too long: loops and patterns that backtrack alike.
 * Subtle: what such work could take of memory is bounded by its time, too; a single step, as of copying a long list, ends
 * before it is stopped, and no step is longer than all those before it together.
 * Subtle: where work ends just when the runtime ends it, the runtime ends whatever the thread does next, which then never
 * answers. So work that ends too late waits to be ended, and work that ends in time does so long before.
 * @param what as the message says it, such as "render the chat"
 * @param characters of the text that it is about
 * @throws {RangeError} when the time is over, or the work calls itself without end; and what the work throws
 */
export function withinTime<Result>(what: string, characters: number, work: () => Result): Result {
  const timeout = Math.ceil(Math.min(MOST_MS, BASE_MS + MS_A_MILLION_CHARACTERS * characters / 1e6));
  const lateMs = performance.now() + timeout;
  let result: { readonly value: Result } | undefined;
  const isPlaced = Reflect.defineProperty(globalThis, PLACE, {
    configurable: true,
    value: () => {
      result = { value: work() };
      while (performance.now() > lateMs);
    },
  });
  try {
    if (isPlaced) runInThisContext(`${PLACE}()`, { timeout: timeout + GRACE_MS });
  } catch (error) {
    throw asRefusal(error, what, timeout);
  } finally {
    Reflect.deleteProperty(globalThis, PLACE);
  }
  if (result === undefined) throw new TypeError(`Cannot ${what}: it could not be begun`);
  return result.value;
}

function asRefusal(error: unknown, what: string, timeoutMs: number): unknown {
  if (!(error instanceof Error)) return error;
  if ("code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") {
    return new RangeError(`Cannot ${what}: it took longer than the ${timeoutMs / 1000} s that it may`);
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new RangeError(`Cannot ${what}: it calls itself without end`);
  }
  return error;
}
