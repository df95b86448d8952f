import type { RowScore } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { bits, decimal } from "./number_format.ts";
import { visibleText } from "../lm/visible_text.ts";

export const SCORE_COLUMNS = 3;

/** What the target of each row says of the model, by name. */
export function ScoreHeads() {
  const heads = [
    [TEXT.scoreBits, TEXT.scoreBitsExplained],
    [TEXT.scorePerplexity, TEXT.scorePerplexityExplained],
    [TEXT.scoreDeparture, TEXT.scoreDepartureExplained],
  ] as const;
  return (
    <>
      {heads.map(([name, explained]) => (
        <th
          key={name}
          scope="col"
          title={explained}
          class="w-px whitespace-nowrap px-2 pt-1.5 text-right font-semibold"
        >
          {name}
        </th>
      ))}
    </>
  );
}

/** The same of one row; without a score it is not known yet. */
export function ScoreCells({ score }: { readonly score: RowScore | undefined }) {
  if (score !== undefined && "fault" in score) {
    const fault = visibleText(score.fault);
    return (
      <td colSpan={SCORE_COLUMNS} title={fault} class="max-w-[240px] px-2 py-1.5 text-12 text-bad">
        <div class="max-h-[54px] overflow-hidden break-words">{fault}</div>
      </td>
    );
  }
  const texts = score === undefined
    ? Array<string>(SCORE_COLUMNS).fill("…")
    : [bits(score.nats), decimal(score.perplexity), score.departure === undefined ? "–" : String(score.departure)];
  return (
    <>
      {texts.map((text, column) => (
        <td key={column} class="w-px px-2 py-1.5 text-right font-mono tabular-nums">{text}</td>
      ))}
    </>
  );
}
