import type { Step } from "../../lm/event.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { probability } from "../number_format.ts";
import { displayToken } from "../token/token_display.ts";

/**
 * The most probable token that the draw passed over; nothing when it fell on that one, and where the step's candidates
 * begin further down.
 */
export function passedOver({ draw, top, token }: Step): string | undefined {
  if (draw.kind !== "gumbel" || top.every(({ rank }) => rank !== 1)) return undefined;
  const finals = top.flatMap(({ token, finalLogprob }) => finalLogprob === undefined ? [] : [{ token, finalLogprob }]);
  const best = finals.toSorted((one, other) => other.finalLogprob - one.finalLogprob)[0];
  if (best === undefined || best.token.id === token.id) return undefined;
  return GENERATION_STRINGS.passedOver(displayToken(best.token).text, probability(best.finalLogprob));
}
