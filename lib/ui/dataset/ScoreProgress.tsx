import { visibleText } from "../../lm/visible_text.ts";
import type { ScoringState } from "../../lm/row_score.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { LinkButton } from "../LinkButton.tsx";
import { count, plural } from "../number_format.ts";
import { duration } from "./amounts.ts";
import { ProgressTrack } from "../ProgressTrack.tsx";

interface ScoreProgressProps {
  /** Absent while the server does not answer. */
  readonly state: ScoringState | undefined;
  /** The address of the screen, to look again. */
  readonly here: string;
  /** The screen with what is known, and nothing more scored. */
  readonly paused: string;
  /** Whether the order of the rows, or which they are, depends on their scores. */
  readonly isByScore: boolean;
}

/** How far the scores of a choice of rows are, with a way to look again and one to pause. */
export function ScoreProgress({ state, here, paused, isByScore }: ScoreProgressProps) {
  const isOpen = state?.kind !== "done" && state?.kind !== "failed";
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 text-12" role="status">
      {isOpen && (
        <span class="w-[120px]">
          <ProgressTrack share={state?.kind === "scoring" ? state.done / state.of : undefined} />
        </span>
      )}
      <span class={state?.kind === "failed" ? "min-w-0 break-words text-bad" : "min-w-0 text-soft tabular-nums"}>
        {sentence(state)}
      </span>
      {isOpen && <LinkButton href={paused}>{TEXT.pause}</LinkButton>}
      {state?.kind === "failed" && <LinkButton href={here}>{TEXT.tryAgain}</LinkButton>}
      {isByScore && state?.kind !== "failed" && <LinkButton href={here}>{TEXT.sortAgain}</LinkButton>}
      {!isByScore && isOpen && (
        <noscript>
          <LinkButton href={here}>{TEXT.lookAgain}</LinkButton>
        </noscript>
      )}
    </div>
  );
}

function sentence(state: ScoringState | undefined): string {
  switch (state?.kind) {
    case undefined:
      return TEXT.scoringLost;
    case "waiting":
      return state.others === 0 ? TEXT.scoringWaits : TEXT.scoringQueue(others(state.others));
    case "done":
      return doneSentence(state);
    case "failed":
      return TEXT.scoringFailed(visibleText(state.reason));
    case "scoring":
      return [
        TEXT.scoring(count(state.done), count(state.of)),
        ...(state.leftMs === undefined ? [] : [TEXT.scoringLeft(duration(wholeSeconds(state.leftMs)))]),
        ...(state.others === 0 ? [] : [TEXT.scoringOthers(others(state.others))]),
        ...(state.isKeptAway ? [TEXT.scoringKeptAway] : []),
      ].join(" · ");
  }
}

function doneSentence({ of, without = 0, isCut }: Extract<ScoringState, { readonly kind: "done" }>): string {
  if (of === 1) return without === 0 ? TEXT.scoringDoneOne : TEXT.scoringNoneOne;
  if (isCut === true) return TEXT.scoringCut(count(of - without));
  return without === 0 ? TEXT.scoringDone(count(of)) : TEXT.scoringDonePart(count(of - without), count(of));
}

/** As an estimate is no better than that. */
function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}

function others(choices: number): string {
  return plural(choices, TEXT.otherChoice, TEXT.otherChoices);
}
