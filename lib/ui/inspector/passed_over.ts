import type { Step } from "../../lm/event.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { probability } from "../number_format.ts";
import { displayToken } from "../token/token_display.ts";

/**
 * The most probable token that the draw passed over; nothing when it fell on that one, and where it may be none of the
 * step's candidates, as they begin further down or others were moved past them.
 */
export function passedOver({ draw, top, token, processors, restFinalLogprob = -Infinity }: Step): string | undefined {
  if (draw.kind !== "gumbel" || top.every(({ rank }) => rank !== 1)) return undefined;
  const finals = top.flatMap(({ token, finalLogprob }) => finalLogprob === undefined ? [] : [{ token, finalLogprob }]);
  const best = finals.toSorted((one, other) => other.finalLogprob - one.finalLogprob)[0];
  if (best === undefined || best.token.id === token.id) return undefined;
  const isReordered = processors.some(({ name }) => name === "logit_bias" || name.endsWith("_penalty"));
  if (isReordered && restFinalLogprob > best.finalLogprob) return undefined;
  return GENERATION_STRINGS.passedOver(displayToken(best.token).text, probability(best.finalLogprob));
}
