/** Logits as a model gave them, which may be broken. */
import type { Distribution } from "./distribution.ts";
import type { TokenId } from "./token.ts";
import { thrownText } from "./thrown.ts";

/** Logits that are no distribution: the model is broken, or a pass of it went wrong. */
export class LogitsError extends Error {
  override readonly name = "LogitsError";
}

/**
 * Makes `distribution` that of a model's logits, `[vocab]`.
 * @param position of the token that they are for, in the completion, from 0
 * @param mode as `Distribution.set` takes it
 * @throws {LogitsError} telling position, how many are broken, and the first of them
 */
export function setFromModel(
  distribution: Distribution,
  logits: Float32Array,
  position: number,
  mode?: TokenId,
): Distribution {
  try {
    return distribution.set(logits, mode);
  } catch (cause) {
    const problem = brokenLogits(logits) ?? thrownText(cause);
    throw new LogitsError(`Cannot use the model's logits at position ${position}: ${problem}`, { cause });
  }
}

/** What keeps logits from being a distribution; undefined when nothing does. −∞ alone is a probability of 0. */
export function brokenLogits(logits: Float32Array): string | undefined {
  let count = 0, first = 0, isAnyFinite = false;
  for (const [id, logit] of logits.entries()) {
    if (logit > -Infinity && logit < Infinity) isAnyFinite = true;
    else if (logit !== -Infinity && count++ === 0) first = id;
  }
  if (count > 0) {
    return `${count} of ${logits.length} are NaN or Infinity, the first is ${logits[first]} of token id ${first}`;
  }
  return isAnyFinite ? undefined : `all ${logits.length} are -Infinity`;
}
