/** How the scores of a choice of rows get on: the server makes them for as long as somebody asks. */
import type { RowScore, ScoringState } from "../../lm/row_score.ts";
import { askedAgain } from "./asked_again.ts";

export interface ScoresSeen {
  readonly state: ScoringState;
  /** By number, of the rows on the page. */
  readonly scores: Readonly<Record<string, RowScore>>;
}

/**
 * What is known, again and again; undefined while the server does not answer. Ends when there is nothing more to come.
 * @param address of the scores in the API
 */
export async function* watchScores(
  address: string,
  signal: AbortSignal,
): AsyncGenerator<ScoresSeen | undefined, void, void> {
  for await (const seen of askedAgain(address, scoresSeen, signal)) {
    yield seen;
    if (seen?.state.kind === "done" || seen?.state.kind === "failed") return;
  }
}

function scoresSeen(answer: unknown): ScoresSeen | undefined {
  return isScores(answer) ? answer : undefined;
}

function isScores(value: unknown): value is ScoresSeen {
  return typeof value === "object" && value !== null && "state" in value && "scores" in value;
}
