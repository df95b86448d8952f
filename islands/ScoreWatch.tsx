import { useEffect, useState } from "preact/hooks";
import { visibleText } from "../lib/lm/visible_text.ts";
import type { RowScore, ScoringState } from "../lib/lm/row_score.ts";
import { scoreTexts } from "../lib/ui/dataset/score_texts.ts";
import { ScoreProgress } from "../lib/ui/dataset/ScoreProgress.tsx";
import { watchScores } from "../lib/ui/dataset/watch_scores.ts";

interface ScoreWatchProps {
  /** Where the server tells the scores of this page's rows and how far the others are. */
  readonly address: string;
  readonly here: string;
  readonly paused: string;
  readonly state: ScoringState;
  readonly isByScore: boolean;
}

/** How far the scores are, as they come; those of the rows on the page are written into their cells. */
export default function ScoreWatch({ address, here, paused, state: first, isByScore }: ScoreWatchProps) {
  const [state, setState] = useState<ScoringState | undefined>(first);
  useEffect(() => {
    const leaving = new AbortController();
    void follow(leaving.signal);
    return () => leaving.abort();
  }, []);

  async function follow(signal: AbortSignal): Promise<void> {
    for await (const seen of watchScores(address, signal)) {
      if (signal.aborted) return;
      setState(seen?.state);
      for (const [row, score] of Object.entries(seen?.scores ?? {})) fill(row, score);
    }
  }
  return <ScoreProgress state={state} here={here} paused={paused} isByScore={isByScore} />;
}

/** Subtle: the table is the server's, so the cells are found by what it wrote on them. */
function fill(row: string, score: RowScore): void {
  const texts = "fault" in score ? ["–", "–", "–"] : scoreTexts(score);
  for (const [column, text] of texts.entries()) {
    const cell = document.querySelector<HTMLElement>(`[data-score="${row} ${column}"]`);
    if (cell === null || cell.textContent === text) continue;
    cell.textContent = text;
    if ("fault" in score) cell.title = visibleText(score.fault);
  }
}
