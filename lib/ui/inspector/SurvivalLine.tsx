import type { SamplingParams } from "../../lm/params.ts";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import { changedParams } from "../address/generation_screen.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { TextButton } from "../TextButton.tsx";
import { displayToken } from "../token/token_display.ts";

interface SurvivalLineProps {
  /** What the params on screen make of each token, up to the first that changes. */
  readonly verdicts: readonly SurvivalVerdict[];
  /** The params on screen. */
  readonly by: SamplingParams;
  /** Those that drew the tokens. */
  readonly drawnBy: SamplingParams;
  /** Goes on from a position by the params on screen. */
  readonly onContinue: (position: number) => void;
}

/** Below a completion: where the params on screen would first change it, and a way to go on from there. */
export function SurvivalLine({ verdicts, by, drawnBy, onContinue }: SurvivalLineProps) {
  const judged = verdicts.slice(0, by.maxTokens);
  const changesAt = judged.findIndex(({ kind }) => kind === "excluded" || kind === "lost");
  const unknown = judged.find((verdict) => verdict.kind === "unknown");
  if (changesAt < 0) {
    const endsOtherwise = changedParams(by, drawnBy).some((name) => name === "max_tokens" || name === "stop");
    const same = endsOtherwise ? TEXT.survivalSameDraws : TEXT.survivalSame;
    return <p class="text-12 text-soft">{unknown === undefined ? same : TEXT.survivalUnknown[unknown.why]}</p>;
  }
  // Subtle: a token before it of which nothing is known may change as well, and a new stop text may end the text before it.
  const isLatest = unknown !== undefined || by.stop.some((text) => !drawnBy.stop.includes(text));
  return (
    <p class="text-12 text-soft">
      {TEXT.survivalSummary(changesAt + 1, isLatest)}
      {whatBecomes(judged[changesAt])}{" "}
      <TextButton onClick={() => onContinue(changesAt)}>{TEXT.continueThere}</TextButton>
    </p>
  );
}

/** What comes of the token that changes, as far as it is known. */
function whatBecomes(verdict: SurvivalVerdict | undefined): string {
  if (verdict?.kind === "excluded") return TEXT.survivalBy(verdict.by);
  if (verdict?.kind !== "lost" || verdict.to === undefined) return "";
  return TEXT.survivalTo(displayToken(verdict.to.token).text);
}
