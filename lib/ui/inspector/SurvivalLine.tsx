import type { SurvivalVerdict } from "../../lm/survival.ts";
import { GENERATION_STRINGS as TEXT } from "../generation_strings.ts";
import { TextButton } from "../TextButton.tsx";
import { displayToken } from "../token/token_display.ts";

interface SurvivalLineProps {
  /** What the params on screen make of each token. */
  readonly verdicts: readonly SurvivalVerdict[];
  /** Position of the first token that changes; -1 for none. */
  readonly changesAt: number;
  /** Goes on from there by the params on screen. */
  readonly onContinue: () => void;
}

/** Below a completion: where the params on screen would first change it, and a way to go on from there. */
export function SurvivalLine({ verdicts, changesAt, onContinue }: SurvivalLineProps) {
  if (changesAt < 0) {
    const unknown = verdicts.find((verdict) => verdict.kind === "unknown");
    return (
      <p class="text-12 text-soft">{unknown === undefined ? TEXT.survivalSame : TEXT.survivalUnknown[unknown.why]}</p>
    );
  }
  return (
    <p class="text-12 text-soft">
      {TEXT.survivalSummary(changesAt + 1)}
      {whatBecomes(verdicts[changesAt])} <TextButton onClick={onContinue}>{TEXT.continueThere}</TextButton>
    </p>
  );
}

/** What comes of the token that changes, as far as it is known. */
function whatBecomes(verdict: SurvivalVerdict | undefined): string {
  if (verdict?.kind === "excluded") return TEXT.survivalBy(verdict.by);
  if (verdict?.kind !== "lost" || verdict.to === undefined) return "";
  return TEXT.survivalTo(displayToken(verdict.to.token).text);
}
