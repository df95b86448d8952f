/** What a graph is tried with when it is opened: whether it reads its cache as the app writes it. */
import type { TokenId } from "../../lm/token.ts";

/** What logits may differ by, beside the largest of them. */
const TOLERANCE = 1e-4;

/** A prefix, and how many of its tokens a pass reads. */
export interface Trial {
  readonly ids: readonly TokenId[];
  readonly chunk: number;
}

/** A prefix token by token and as a whole, and another one that ends alike. */
export const FIXED_CACHE_TRIALS: readonly Trial[] = [
  { ids: [0, 1, 0], chunk: 1 },
  { ids: [0, 1, 0], chunk: 3 },
  { ids: [1, 1, 0], chunk: 1 },
];

/**
 * @param logits after each of the trials' prefixes
 * @throws {TypeError} when a graph does not find in its cache of a fixed size what it was given before
 */
export function checkFixedCache([steps, whole, other]: readonly Float32Array[]): void {
  const found = "Cannot use the model: its cache has a fixed size, but a token";
  const wanted = "; expected new rows at their position_ids, and attention to those that attention_mask shows";
  if (steps === undefined || !isNear(steps, whole)) {
    throw new TypeError(`${found} alone does not find there what the tokens before it have left${wanted}`);
  }
  if (steps.every((logit, id) => logit === other?.[id])) {
    throw new TypeError(`${found} gets the same logits whatever was before it${wanted}`);
  }
}

/** Whether two rows of logits differ by no more than float32 in another order of operations may cost. */
export function isNear(one: Float32Array, other: Float32Array | undefined): boolean {
  const largest = one.reduce((most, logit) => Math.max(most, Math.abs(logit)), 1);
  return other !== undefined && one.every((logit, id) => Math.abs(logit - (other[id] ?? NaN)) < TOLERANCE * largest);
}
