/** Work that gives one answer, under watch: it ends when it takes too long, and when nobody waits for it. */
import type { Clock } from "../../generators/clock.ts";
import { LAST_WORD_MS, tooLong } from "./supervised.ts";

interface Watch {
  /** Aborts when the client leaves or the app stops. */
  readonly signal: AbortSignal | undefined;
  readonly totalMs: number;
  readonly clock: Clock;
}

/**
 * What the work gives. Work that goes on long after its signal has aborted is left alone, as nothing can end a promise.
 * @param work its signal aborts with the client's, and when it takes too long
 * @throws {ProblemError} 504 when it took too long; the signal's reason when that aborts and the work says nothing more
 */
export async function shortWork<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { signal, totalMs, clock }: Watch,
): Promise<Result> {
  const overdue = new AbortController();
  const ending = AbortSignal.any(signal === undefined ? [overdue.signal] : [signal, overdue.signal]);
  const stopTotal = clock.after(totalMs, () => overdue.abort(tooLong("work", totalMs)));
  let stopLastWord = () => {};
  let awaitLastWord = () => {};
  const silent = new Promise<never>((_, reject) => {
    awaitLastWord = () => stopLastWord = clock.after(LAST_WORD_MS, () => reject(ending.reason));
  });
  ending.addEventListener("abort", awaitLastWord);
  try {
    return await Promise.race([work(ending), silent]);
  } catch (error) {
    // Whatever work throws that was ended at its deadline, that was the cause.
    throw overdue.signal.aborted ? overdue.signal.reason : error;
  } finally {
    ending.removeEventListener("abort", awaitLastWord);
    stopTotal();
    stopLastWord();
  }
}
