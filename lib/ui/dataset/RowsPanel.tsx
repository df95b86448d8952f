import type { ComponentChildren } from "preact";
import type { FieldFacets } from "../../datasets/facets.ts";
import type { Problem } from "../../lm/event.ts";
import { visibleText } from "../../lm/visible_text.ts";
import {
  ALL_ROWS,
  conditionOf,
  ROWS_A_PAGE,
  rowsHref,
  type RowsPage,
  showsScores,
  toggleHref,
  wishEntries,
  withoutScores,
} from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { FacetList } from "./FacetList.tsx";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { LinkButton } from "../LinkButton.tsx";
import { count, plural } from "../number_format.ts";
import { duration } from "./amounts.ts";
import { Panel } from "../Panel.tsx";
import { RowsChoice, scoreName } from "./RowsChoice.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { RowsSelected } from "./RowsSelected.tsx";
import { RowsSearch } from "./RowsSearch.tsx";
import { RowsTable } from "./RowsTable.tsx";
import { STRINGS } from "../strings.ts";

interface RowsPanelProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
}

interface WholePanelProps extends RowsPanelProps {
  /** How far the scores of all rows are, while they are made. */
  readonly scoring: ComponentChildren;
  /** Why what was asked of the rows, or of their scores, cannot be answered. */
  readonly refusal: Problem | undefined;
  /** How far the index is, while there is one to wait for. */
  readonly index: ComponentChildren;
  /** Absent while nobody asked for them. */
  readonly statistics: { readonly rows: number; readonly fields: readonly FieldFacets[] } | undefined;
  /** Whether there are targets, and a generator that could score them. */
  readonly canScore: boolean;
}

/** The rows of the split: searched, filtered, sorted, sliced and scored by plain links and GET forms. */
export function RowsPanel({ screen, page, index, scoring, refusal, statistics, canScore }: WholePanelProps) {
  const { rows, faults, total, views, isWaiting, isRefused = false } = page, isScored = showsScores(page);
  const scoresHref = `${toggleHref(screen, page, "scores")}#rows`;
  if (screen.size === 0 && faults.length === 0) {
    return (
      <Panel title={TEXT.rows}>
        <p class="p-3 text-soft">{TEXT.noRows}</p>
      </Panel>
    );
  }
  return (
    <Panel
      title={TEXT.rows}
      facts={rowsFacts(page, screen.size)}
      actions={
        <>
          {canScore && (
            <LinkButton href={isScored ? rowsHref(screen, withoutScores(page)) : scoresHref}>
              {isScored ? TEXT.closeScores : TEXT.scoreRows}
            </LinkButton>
          )}
          <LinkButton href={`${toggleHref(screen, page, "statistics")}#rows`}>
            {views.includes("statistics") ? TEXT.closeStatistics : TEXT.statistics}
          </LinkButton>
          <RowsSearch screen={screen} page={page} />
        </>
      }
    >
      {index}
      {scoring ?? (refusal === undefined && <ScoreAll screen={screen} page={page} />)}
      {refusal !== undefined && (
        // Another try helps where it is not the question that is wrong.
        <ProblemCard problem={refusal}>
          {refusal.status >= 500 && <LinkButton href={rowsHref(screen, page)}>{STRINGS.retry}</LinkButton>}
        </ProblemCard>
      )}
      <RowsChoice screen={screen} page={page} />
      <RowsSelected screen={screen} page={page} />
      <div class="mid:flex">
        {statistics !== undefined && <FacetList screen={screen} page={page} {...statistics} />}
        <div class="min-w-0 flex-1">
          <RowsTable screen={screen} page={page} />
          {!isWaiting && !isRefused && rows.length === 0 && (
            total > 0 ? <PastEnd screen={screen} page={page} /> : <Relax screen={screen} page={page} />
          )}
          <Pager screen={screen} page={page} />
        </div>
      </div>
    </Panel>
  );
}

function rowsFacts(
  { wish, total, index, isWaiting, isRefused, scores, scored, views }: RowsPage,
  size: number,
): string {
  const isWhole = wishEntries({ ...wish, sort: "", by: "" }).length === 0;
  const facts = isWaiting || isRefused
    ? []
    : [isWhole ? TEXT.rowsFacts(count(total)) : TEXT.matchesFacts(count(total), count(size))];
  // While they are made, the line below tells how many.
  if (scores !== undefined && !views.includes("scoring")) facts.push(TEXT.scored(count(scored ?? 0), count(size)));
  if (index?.kind === "absent") facts.push(TEXT.indexAbsent(index.reason));
  return facts.join(" · ");
}

/** What scoring all rows of the choice would take, before it is begun. */
function ScoreAll({ screen, page }: RowsPanelProps) {
  const { wish, scores, scored = 0, unscored = 0, rowMs, views } = page;
  if (scores === undefined || unscored === 0) return null;
  const isWhole = wishEntries({ ...wish, sort: "", by: "", scores: {} }).length === 0;
  const isByScore = wish.by !== "" || Object.keys(wish.scores).length > 0;
  const open = { ...page, views: [...views.filter((view) => view !== "scores"), "scoring" as const] };
  return (
    <div class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 text-12 text-soft">
      <LinkButton href={rowsHref(screen, open)}>
        {isWhole ? TEXT.scoreAll(count(screen.size)) : TEXT.scoreMatches}
      </LinkButton>
      {rowMs !== undefined &&
        (isWhole ? TEXT.scoreCost(duration(rowMs * unscored)) : TEXT.scoreRowCost(duration(rowMs)))}
      {isByScore && <span role="status">{TEXT.onlyScored(count(scored), count(screen.size))}</span>}
    </div>
  );
}

/** The rows end before the page that was asked for. */
function PastEnd({ screen, page }: RowsPanelProps) {
  return (
    <div class="flex flex-wrap items-center gap-2 p-3" role="status">
      <span class="text-soft">{TEXT.pastEnd(count(page.total))}</span>
      <LinkButton href={rowsHref(screen, { ...page, offset: 0 })}>{TEXT.firstRows}</LinkButton>
    </div>
  );
}

/** Nothing was found: what would be, with one part of the question left out. */
function Relax({ screen, page }: RowsPanelProps) {
  const { wish, relaxations } = page;
  const useful = relaxations.filter(({ total }) => total > 0);
  return (
    <div class="flex flex-wrap items-center gap-2 p-3" role="status">
      <span class="text-soft">{TEXT.noMatch}</span>
      {useful.map((smaller) => (
        <LinkButton
          key={`${smaller.field ?? ""} ${smaller.column ?? ""}`}
          href={rowsHref(screen, { ...page, wish: smaller.wish, offset: 0 })}
        >
          {relaxation(wish, smaller)}
          <span class="pl-1.5 text-soft">{plural(smaller.total, TEXT.row, TEXT.manyRows)}</span>
        </LinkButton>
      ))}
      <LinkButton href={rowsHref(screen, { ...page, wish: ALL_ROWS, offset: 0 })}>{TEXT.relaxAll}</LinkButton>
    </div>
  );
}

function relaxation(wish: RowsPage["wish"], { field, column }: RowsPage["relaxations"][number]): string {
  if (field !== undefined) return TEXT.relaxFilter(visibleText(field), visibleText(conditionOf(wish, field)));
  if (column === undefined) return TEXT.relaxSearch(visibleText(wish.search));
  if (column === "only") return TEXT.relaxFilter(TEXT.only, wish.only);
  return TEXT.relaxFilter(scoreName(column), visibleText(conditionOf({ filter: wish.scores }, column)));
}

function Pager({ screen, page }: RowsPanelProps) {
  const { offset, total, rows } = page;
  if (rows.length === 0) return null;
  const to = (next: number) => rowsHref(screen, { ...page, offset: next });
  const last = offset + rows.length;
  const isOnly = total <= ROWS_A_PAGE && offset === 0;
  const isScored = !isScoring(page) || page.views.includes("scoring");
  if (isOnly && isScored) return null;
  return (
    <p class="flex flex-wrap items-center gap-2 p-3 text-soft tabular-nums">
      {!isOnly && (
        <>
          <LinkButton href={offset > 0 ? to(Math.max(0, offset - ROWS_A_PAGE)) : undefined} label={TEXT.earlier}>
            ←
          </LinkButton>
          {TEXT.page(count(offset + 1), count(last))}
          <LinkButton href={last < total ? to(last) : undefined} label={TEXT.later}>→</LinkButton>
        </>
      )}
      {!isScored && <LinkButton href={to(offset)}>{TEXT.scoreOthers}</LinkButton>}
    </p>
  );
}

/** Whether rows of this page wait for their scores. */
function isScoring({ rows, scores }: RowsPage): boolean {
  return scores !== undefined && rows.some((found) => "row" in found && !scores.has(found.index));
}
