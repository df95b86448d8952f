/** What the target of a row says of the model, as the cells of a table show it. */
import { type RowScore, SCORE_COLUMNS } from "../../lm/row_score.ts";
import { bits, decimal } from "../number_format.ts";

/**
 * One for each column; of a score that is not known yet, a mark of that.
 * Subtle: JSON has no infinity, so that numbers of an impossible target come as null.
 */
export function scoreTexts(score: Extract<RowScore, { nats: number }> | undefined): readonly string[] {
  if (score === undefined) return SCORE_COLUMNS.map(() => "…");
  const { nats, perplexity, departure } = score;
  return [
    Number.isFinite(nats) ? bits(nats) : "∞",
    Number.isFinite(perplexity) ? decimal(perplexity) : "∞",
    departure === undefined ? "–" : String(departure),
  ];
}
