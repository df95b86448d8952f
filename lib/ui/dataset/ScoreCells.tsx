import { type RowScore, SCORE_COLUMNS } from "../../lm/row_score.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { conditionOf, nextSort, rowsHref, type RowsPage } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { FilterField, SortHead } from "./RowsHead.tsx";
import { scoreTexts } from "./score_texts.ts";

interface ScoreHeadsProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
}

/** What the target of each row says of the model, by name; a click sorts by it. */
export function ScoreHeads({ screen, page }: ScoreHeadsProps) {
  const { wish } = page;
  return (
    <>
      {SCORE_COLUMNS.map((column) => {
        const sorted = { ...wish, sort: "", by: nextSort(wish.by, column) };
        return (
          <SortHead
            key={column}
            name={TEXT.scoreNames[column]}
            explained={TEXT.scoresExplained[column]}
            sort={wish.by === column ? 1 : wish.by === `-${column}` ? -1 : 0}
            href={rowsHref(screen, { ...page, wish: sorted, offset: 0 })}
            isNumeric
          />
        );
      })}
    </>
  );
}

export function ScoreFilters({ wish }: Pick<RowsPage, "wish">) {
  return (
    <>
      {SCORE_COLUMNS.map((column) => (
        <td key={column} class="px-2 py-1.5">
          <FilterField
            name={`score.${column}`}
            value={conditionOf({ filter: wish.scores }, column)}
            label={TEXT.scoreNames[column]}
            isNumeric
          />
        </td>
      ))}
    </>
  );
}

/** The scores of one row; without them they are not known yet. */
export function ScoreCells({ row, score }: { readonly row: number; readonly score: RowScore | undefined }) {
  if (score !== undefined && "fault" in score) {
    const fault = visibleText(score.fault);
    return (
      <td colSpan={SCORE_COLUMNS.length} title={fault} class="max-w-[240px] px-2 py-1.5 text-12 text-bad">
        <div class="max-h-[54px] overflow-hidden break-words">{fault}</div>
      </td>
    );
  }
  return (
    <>
      {scoreTexts(score).map((text, column) => (
        <td key={column} data-score={`${row} ${column}`} class="w-px px-2 py-1.5 text-right font-mono tabular-nums">
          {text}
        </td>
      ))}
    </>
  );
}
