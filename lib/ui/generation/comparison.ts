/** What stands side by side on the generation screen. */
import type { Scored } from "../../lm/wire.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import type { ComparedCompletion } from "./CompletionDiff.tsx";
import type { Run } from "./generation_state.ts";

/** A completion of one of the page's runs. */
export interface CompletionPlace {
  readonly run: number;
  readonly sequence: number;
}

/** Two completions, or one and the target; what is there alone waits for another side. */
export interface Comparison {
  readonly hasTarget: boolean;
  readonly completions: readonly CompletionPlace[];
}

export const NOTHING_COMPARED: Comparison = { hasTarget: false, completions: [] };

/**
 * The comparison with a completion more or less. Of three sides the completion that was first leaves, and the target stays:
 * so all completions can be looked at against it, one after the other.
 * @param isAlone whether there is nothing but the target that the completion could be compared with
 */
export function withCompletionToggled(
  { hasTarget, completions }: Comparison,
  place: CompletionPlace,
  isAlone: boolean,
): Comparison {
  const others = completions.filter(({ run, sequence }) => run !== place.run || sequence !== place.sequence);
  if (others.length < completions.length) {
    return others.length === 0 ? NOTHING_COMPARED : { hasTarget, completions: others };
  }
  const withTarget = hasTarget || isAlone;
  return { hasTarget: withTarget, completions: [...others, place].slice(withTarget ? -1 : -2) };
}

/** The comparison with the target, which takes the place of the first of two completions, or without it. */
export function withTargetToggled({ hasTarget, completions }: Comparison): Comparison {
  return { hasTarget: !hasTarget, completions: completions.slice(-1) };
}

/** Both sides, the target first; undefined while there are not two. */
export function sidesOf(
  { hasTarget, completions }: Comparison,
  runs: readonly Run[],
  target: string | undefined,
  scored: Scored | undefined,
): readonly [ComparedCompletion, ComparedCompletion] | undefined {
  const sides = completions.map(({ run, sequence }): ComparedCompletion | undefined => {
    const found = runs[run]?.completions[sequence];
    return found && { ...found, name: TEXT.completionName(run + 1, sequence + 1) };
  });
  const [before, after] = hasTarget && target !== undefined ? [targetSide(target, scored), ...sides] : sides;
  return before === undefined || after === undefined ? undefined : [before, after];
}

function targetSide(text: string, scored: Scored | undefined): ComparedCompletion {
  const metrics = Object.fromEntries((scored?.metrics ?? []).map(({ name, value }) => [name, value]));
  return { name: TEXT.theTarget, isTarget: true, steps: scored?.tokens, text, metrics };
}
