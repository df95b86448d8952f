/** How long the thread that serves pages did not get to run, in ms. */

/** The longest gap between two ticks while something was done. */
export async function longestGap(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(longest, performance.now() - last);
}

export interface Stalls {
  readonly idle: number;
  readonly busy: number;
}

/** The longest gap while nothing is done, for as long as a prefill takes; and during a prefill. */
export async function prefillStalls(prefill: () => Promise<unknown>): Promise<Stalls> {
  const started = performance.now();
  await prefill();
  const prefillMs = performance.now() - started;
  const idle = await longestGap(() => new Promise((resolve) => setTimeout(resolve, prefillMs)));
  return { idle, busy: await longestGap(prefill) };
}
