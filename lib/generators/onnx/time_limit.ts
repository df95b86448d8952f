/** A limit on work that texts and files of a model's can make endless: its tokenizer's patterns and its chat template. */
import { cpuUsage } from "node:process";
import { runInThisContext } from "node:vm";

/**
 * A millisecond of work is enough for what people write, but a busy machine may not give it at once; long texts get more,
 * for what a tokenizer needs for them.
 */
const BASE_MS = 350, MS_A_MILLION_CHARACTERS = 2_800, MOST_MS = 750;
/** How long after the time is over the runtime ends the work. */
const GRACE_MS = 150;
/** How often work is done where it was late because the machine gave this process hardly any time for it. */
const MOST_TRIES = 3;
/** Where the runtime finds the work, as it can only end what it has started as a script. */
const PLACE = "__visuallm_limited";

/**
 * Does work that never waits, and ends it when it takes too long: loops and patterns that backtrack alike.
 * Subtle: what such work could take of memory is bounded by its time, too; a single step, as of copying a long list, ends
 * before it is stopped, and no step is longer than all those before it together.
 * Subtle: where work ends just when the runtime ends it, the runtime ends whatever the thread does next, which then never
 * answers. So work that ends late waits to be ended, and has its result all the same; work that ends in time does so long
 * before.
 * @param what as the message says it, such as "render the chat"
 * @param characters of the text that it is about
 * @param work may be done more than once
 * @param usedMs what the process has computed so far
 * @throws {RangeError} when the time is over, or the work calls itself without end; and what the work throws
 */
export function withinTime<Result>(what: string, characters: number, work: () => Result, usedMs = cpuMs): Result {
  const timeoutMs = Math.ceil(Math.min(MOST_MS, BASE_MS + MS_A_MILLION_CHARACTERS * characters / 1e6));
  for (let tries = 1;; tries++) {
    const beforeMs = usedMs();
    try {
      return once(what, timeoutMs, work);
    } catch (error) {
      const wasStarved = usedMs() - beforeMs < timeoutMs / 2;
      if (!isTimeout(error) || !wasStarved || tries === MOST_TRIES) throw asRefusal(error, what, characters, timeoutMs);
    }
  }
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1_000;
}

function once<Result>(what: string, timeoutMs: number, work: () => Result): Result {
  const lateMs = performance.now() + timeoutMs;
  let result: { readonly value: Result } | undefined;
  const isPlaced = Reflect.defineProperty(globalThis, PLACE, {
    configurable: true,
    value: () => {
      try {
        result = { value: work() };
      } finally {
        while (performance.now() > lateMs);
      }
    },
  });
  try {
    if (isPlaced) runInThisContext(`${PLACE}()`, { timeout: timeoutMs + GRACE_MS });
  } catch (error) {
    if (result === undefined || !isTimeout(error)) throw error;
  } finally {
    Reflect.deleteProperty(globalThis, PLACE);
  }
  if (result === undefined) throw new TypeError(`Cannot ${what}: it could not be begun`);
  return result.value;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function asRefusal(error: unknown, what: string, characters: number, timeoutMs: number): unknown {
  if (isTimeout(error)) {
    // Of so long a text the length alone may be why: a longer one gets no more time.
    const length = timeoutMs < MOST_MS ? "" : `; its ${characters} characters may be too many to be done in time`;
    return new RangeError(`Cannot ${what}: it took longer than the ${timeoutMs / 1000} s that it may${length}`);
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new RangeError(`Cannot ${what}: it calls itself without end`);
  }
  return error;
}
