/** Graphs whose caches have one size, whatever the length of a text: where they run, and whether they work as the app takes them. */
import { brokenLogits, LogitsError } from "../../lm/model_logits.ts";
import type { TokenId } from "../../lm/token.ts";
import type { WorkingDevice } from "./device.ts";

/** Operator whose kernel may write new keys and values into the memory of the past ones, and looks at none that is masked. */
export const IN_PLACE_OPERATOR = "GroupQueryAttention";

/** @throws {TypeError} where a device would have to move whole caches to and fro at each step */
export function checkFixedDevice(device: WorkingDevice, operators: ReadonlySet<string>): void {
  if (device === "cpu" || operators.has(IN_PLACE_OPERATOR)) return;
  throw new TypeError(
    `its caches have a fixed size; such a graph runs on cpu alone, not on ${device}, unless it has ${IN_PLACE_OPERATOR}`,
  );
}

/** A prefix, and how many of its tokens a pass reads at most. */
export interface Trial {
  readonly ids: readonly TokenId[];
  readonly most: number;
}

/** A prefix token by token and as a whole, and another one that ends alike. */
export function fixedCacheTrials(vocabularySize: number): readonly [steps: Trial, whole: Trial, other: Trial] {
  // Subtle: ids from the middle, as the first and last ones may be padding, whose rows are alike.
  const one = Math.floor(vocabularySize / 3), two = Math.floor(2 * vocabularySize / 3);
  const ids = [one, two, one];
  return [{ ids, most: 1 }, { ids, most: ids.length }, { ids: [two, two, one], most: 1 }];
}

/** What rounding may move logits by, beside what another token before them moves them by. */
const ROUNDING_PART = 0.2;

/**
 * @param logits after the trials' prefixes
 * @throws {TypeError} when a graph does not find in its cache what it was given before
 * @throws {LogitsError} when they are no distribution
 */
export function checkFixedCache(steps: Float32Array, whole: Float32Array, other: Float32Array): void {
  for (const logits of [steps, whole, other]) {
    const problem = brokenLogits(logits);
    if (problem !== undefined) throw new LogitsError(`Cannot use the model's logits after three tokens: ${problem}`);
  }
  const found = "Cannot use the model: its cache has a fixed size, but a token";
  const wanted = "; expected new rows at their position_ids, and attention to those that attention_mask shows";
  const moved = distance(steps, other);
  if (moved === 0) throw new TypeError(`${found} gets the same logits whatever was before it${wanted}`);
  if (distance(steps, whole) > ROUNDING_PART * moved) {
    throw new TypeError(`${found} alone does not find there what the tokens before it have left${wanted}`);
  }
}

/** The largest distance of two logits of one token. */
function distance(one: Float32Array, other: Float32Array): number {
  let most = 0;
  // Subtle: both may be -Infinity, where a token cannot come.
  for (const [id, logit] of one.entries()) {
    if (logit !== other[id]) most = Math.max(most, Math.abs(logit - (other[id] ?? NaN)));
  }
  return most;
}
