import { type Clock, MONOTONIC } from "../../generators/clock.ts";

/** What a promise gives within a time; undefined when it takes longer. It goes on then, for whoever asks next. */
export async function within<Value>(
  ms: number,
  promise: Promise<Value>,
  clock: Clock = MONOTONIC,
): Promise<Value | undefined> {
  let stopTimer = () => {};
  const late = new Promise<undefined>((resolve) => stopTimer = clock.after(ms, () => resolve(undefined)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    stopTimer();
  }
}
