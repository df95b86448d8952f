/**
 * What can be said of a distribution of which only the most probable tokens are known, as servers give them.
 *
 * The unseen mass is an interval and never `1 − Σp` itself: each logprob that a server sends is rounded, so the sum of k of
 * them is uncertain by about k roundings, which may be all there is to a small tail.
 */

/** Least and most that a number can be; without `high` nothing bounds it from above. */
export interface Interval {
  readonly low: number;
  readonly high?: number;
}

/** How far the numbers of one position can be trusted. Where it is absent they are exact, from the whole distribution. */
export interface Evidence {
  /** `bounded`: what is given is exact, the rest lies in the intervals. `unavailable`: there are no numbers. */
  readonly kind: "bounded" | "unavailable";
  readonly reason: string;
  /** Probability of all tokens that are not among the candidates. */
  readonly restMass?: Interval;
  readonly entropyNats?: Interval;
  /** True when the rank is the least that it can be. */
  readonly isRankLeast?: boolean;
}

/** What rounding to float32 and printing may change in a probability near 1. */
const ROUNDING = 1e-6;

/** @param logprobs of all known tokens, each once */
export function unseenMass(logprobs: readonly number[], rounding = ROUNDING): Required<Interval> {
  const seen = logprobs.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
  const slack = rounding * Math.max(1, logprobs.length);
  return { low: Math.max(0, 1 - seen - slack), high: Math.min(1, Math.max(0, 1 - seen + slack)) };
}

/**
 * Bounds of the entropy, in nats. Least: the unseen mass in as few tokens as can be, each at most as probable as `ceiling`.
 * Most: it is spread evenly over all that is left of the vocabulary; unbounded when that is not known.
 * @param logprobs of all known tokens, each once
 * @param ceiling the most that an unseen token's logprob can be
 * @example of one token with p 0.5 it is at least ln 2: the unseen half is then one token
 */
export function entropyBounds(
  logprobs: readonly number[],
  ceiling: number,
  vocabularySize?: number,
  rounding = ROUNDING,
): Interval {
  const rest = unseenMass(logprobs, rounding);
  const seen = logprobs.reduce((sum, logprob) => logprob === -Infinity ? sum : sum - Math.exp(logprob) * logprob, 0);
  const slack = rounding * logprobs.reduce((sum, logprob) => sum + Math.max(1, -Math.max(logprob, -100)), 0);
  const low = Math.max(0, seen + packedEntropy(rest.low, Math.exp(ceiling)) - slack);
  if (vocabularySize === undefined) return rest.high === 0 ? { low, high: seen + slack } : { low };
  const others = Math.max(1, vocabularySize - logprobs.length);
  return { low, high: seen + spreadEntropy(rest.high, others) + slack };
}

/** −Σ p ln p of `mass` in chunks of `most`, and what is left of it in one token. */
function packedEntropy(mass: number, most: number): number {
  if (mass <= 0 || most <= 0) return 0;
  const chunk = Math.min(most, 1);
  const whole = Math.floor(mass / chunk);
  const left = mass - whole * chunk;
  return whole * surprise(chunk) + surprise(left);
}

/** Subtle: below 1/e a larger mass has the larger entropy; of one token above it the most is at 1/e. */
function spreadEntropy(mass: number, count: number): number {
  return count * surprise(Math.min(mass / count, Math.exp(-1)));
}

function surprise(p: number): number {
  return p <= 0 ? 0 : -p * Math.log(p);
}
