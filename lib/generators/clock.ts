/** Time that only runs forward: what every duration and deadline is measured by. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls `fire` once, unless what is returned is called before. */
  after(ms: number, fire: () => void): () => void;
}

export const MONOTONIC: Clock = {
  now: () => performance.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
};
