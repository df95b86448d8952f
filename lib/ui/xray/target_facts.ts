import { firstDeparture } from "../../lm/score.ts";
import type { Scored } from "../../lm/wire.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";

/** What a scored target comes to, in a few words: where it first leaves what the model would have written. */
export function targetFacts(tokens: Scored["tokens"]): string {
  if (tokens.length === 0) return GENERATION_STRINGS.emptyTarget;
  const departure = firstDeparture(tokens);
  const where = departure === undefined ? GENERATION_STRINGS.noDeparture : GENERATION_STRINGS.departure(departure + 1);
  return `${GENERATION_STRINGS.targetFacts} · ${where}`;
}
