import type { Clock } from "../../generators/clock.ts";
import { ProblemError } from "../problem.ts";

/**
 * What a developer's code gives, waited for no longer than a time. The code is not ended by that, as nothing can end a promise.
 * @param late what did not happen, as a sentence goes on with "within 30 s"
 * @throws {ProblemError} 504 when it takes longer
 */
export async function inTime<Value>(
  clock: Clock,
  ms: number,
  work: Value | PromiseLike<Value>,
  late: string,
): Promise<Value> {
  if (!isThenable(work)) return work;
  // Subtle: what libraries of queries give is none of the language's promises, and may begin to work when it is awaited.
  const promise = Promise.resolve(work);
  let stopTimer = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    stopTimer = clock.after(ms, () => reject(new ProblemError(504, "Too late", `${late} within ${ms / 1000} s`)));
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    stopTimer();
    promise.catch(() => {}); // Whoever was late is heard no more.
  }
}

/** Subtle: any object with `then` is one to `await`. */
export function isThenable<Value, Later extends PromiseLike<Value>>(value: Value | Later): value is Later {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
