/** A trial whether slots of different lengths can share a pass: many graphs take a mask and positions, and not all heed both. */
import type { TokenId } from "../../../lm/token.ts";
import { thrownText } from "../../../lm/thrown.ts";
import type { KvSlot } from "./kv_block.ts";
import type { Passes } from "./passes.ts";

const TRIED: readonly (readonly TokenId[])[] = [[0, 1], [0, 2, 3, 4, 5, 6]];

const NO_ROOM = "the bound on keys and values leaves no room for more";

/** What logits may differ by, beside the largest of them. */
const TOLERANCE = 1e-4;

/** Why a pass takes one slot; undefined where a trial shows that each of two gets what it gets alone. */
export function whyAlone(passes: Passes): string | undefined {
  const { cache } = passes, longest = Math.max(...TRIED.map(({ length }) => length));
  if (passes.mostRows(longest) < 2) return NO_ROOM;
  const slots = TRIED.map((ids) => cache.holding(undefined, 0, ids.length));
  for (const slot of slots) slot.isHeld = true;
  try {
    const alone = TRIED.map((ids) => readApart(passes, ids));
    for (const [index, slot] of slots.entries()) readInto(passes, slot, TRIED[index]?.slice(0, -1) ?? []);
    const before = passes.count;
    const together = passes.extendEach(slots, TRIED.flatMap((ids) => ids.slice(-1)));
    if (passes.count > before + 1) return NO_ROOM;
    const isSame = together.every((row, index) => isNear(row, alone[index]));
    return isSame ? undefined : "rows side by side do not give what each gives alone";
  } catch (error) {
    return thrownText(error);
  } finally {
    // Subtle: what a trial that failed has left in them is wrong, and a prompt may begin with the same ids.
    for (const slot of slots) cache.forgetRows(slot);
  }
}

/**
 * Reads a prefix of which nothing is kept.
 * @param most tokens of a pass
 * @returns the logits after its last token
 */
export function readApart(passes: Passes, ids: readonly TokenId[], most = Infinity): Float32Array {
  const slot = passes.cache.holding(undefined, 0, ids.length);
  try {
    return readInto(passes, slot, ids, most)?.slice() ?? new Float32Array();
  } finally {
    passes.cache.forgetRows(slot);
  }
}

function readInto(
  passes: Passes,
  slot: KvSlot,
  ids: readonly TokenId[],
  most = Infinity,
): Float32Array | undefined {
  const size = Math.min(most, passes.chunks.alone);
  let logits: Float32Array | undefined;
  for (let start = 0; start < ids.length; start += size) {
    [logits] = passes.extend(slot, ids.slice(start, start + size), "last");
  }
  return logits;
}

function isNear(one: Float32Array, other: Float32Array | undefined): boolean {
  const largest = one.reduce((most, logit) => Math.max(most, Math.abs(logit)), 1);
  // Subtle: both may be -Infinity, where a token cannot come.
  const isSame = (logit: number, id: number) =>
    logit === other?.[id] || Math.abs(logit - (other?.[id] ?? NaN)) < TOLERANCE * largest;
  return other !== undefined && one.every(isSame);
}
