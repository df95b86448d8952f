/**
 * Tells when the event loop stood still: a module's code that computes without waiting stops every page and stream, and
 * nothing in the process can end it. The log then at least says when, and how long.
 */
import type { Counters } from "./counters.ts";
import type { Log } from "./log.ts";

const EVERY_MS = 500;
const LOGGED_MS = 2_000;

/** @returns what stops the watch */
export function watchLoop(log: Log, counters: Counters, everyMs = EVERY_MS): () => void {
  let dueMs = performance.now() + everyMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const lagMs = Math.round(nowMs - dueMs);
    dueMs = nowMs + everyMs;
    counters.longestLagMs = Math.max(counters.longestLagMs, lagMs);
    if (lagMs > LOGGED_MS) log.lag(lagMs);
  }, everyMs);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}
