import { useRef } from "preact/hooks";
import type { Step } from "../../lm/event.ts";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import { rankText } from "./EvidenceBadge.tsx";
import { displayTokens } from "./token_display.ts";
import { type Colouring, heat } from "./token_heat.ts";
import type { StripToken } from "./TokenStrip.tsx";

/**
 * Steps as a strip draws them. Subtle: while they stream, those that were there stay the same objects, so that a frame
 * costs what is new in it and not the whole completion.
 * @param verdicts up to the first that changes; nothing is said of what follows it
 */
export function useStripTokens(
  steps: readonly Step[],
  colouring: Colouring,
  verdicts: readonly SurvivalVerdict[],
): readonly StripToken[] {
  const drawn = useRef<{
    readonly steps: readonly Step[];
    readonly colouring: Colouring;
    readonly verdicts: readonly SurvivalVerdict[];
    readonly tokens: readonly StripToken[];
  }>();
  const before = drawn.current;
  const isSameLook = before?.colouring === colouring &&
    (before.verdicts === verdicts || before.verdicts.length + verdicts.length === 0);
  const kept = before !== undefined && isSameLook ? settled(before.steps, before.tokens, steps) : 0;
  const displayed = displayTokens(steps.slice(kept).map(({ token }) => token));
  const changes = verdicts.at(-1)?.kind === "lost" || verdicts.at(-1)?.kind === "excluded";
  const more = steps.slice(kept).map((step, index): StripToken => {
    const survival = verdicts[kept + index];
    return {
      display: displayed[index] ?? { text: "", isMark: true, breaksLine: false },
      heat: heat(step, colouring),
      logprob: step.logprob,
      rank: step.rank === undefined ? undefined : rankText(step.rank, step.evidence),
      isStale: changes && survival === undefined,
      ...(survival === undefined ? {} : { survival }),
    };
  });
  const tokens = before !== undefined && kept === steps.length && kept === before.tokens.length
    ? before.tokens
    : [...before?.tokens.slice(0, kept) ?? [], ...more];
  drawn.current = { steps, colouring, verdicts, tokens };
  return tokens;
}

/** How many of the tokens stand as they were: those of the same steps, up to a character that is not whole yet. */
function settled(before: readonly Step[], tokens: readonly StripToken[], steps: readonly Step[]): number {
  let same = 0;
  while (same < before.length && before[same] === steps[same]) same++;
  if (same === steps.length && same === before.length) return same;
  while (same > 0 && tokens[same - 1]?.display.isMark === true) same--;
  return same;
}
