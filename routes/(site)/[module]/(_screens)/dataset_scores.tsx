/** What the targets of the rows on the dataset screen say of the model. */
import ScoreWatch from "../../../../islands/ScoreWatch.tsx";
import type { Problem } from "../../../../lib/lm/event.ts";
import type { Place } from "../../../../lib/server/place.ts";
import type { RowScore, ScoringState } from "../../../../lib/lm/row_score.ts";
import { knownScores, scoreRows, scoreTable } from "../../../../lib/server/rows/row_scores.ts";
import { lookAtScores } from "../../../../lib/server/rows/scores.ts";
import { toldProblem } from "../../../../lib/server/told_problem.ts";
import { rowsHref, type RowsPage, showsScores, wishQuery } from "../../../../lib/ui/address/dataset_screen.ts";
import type { GenerationScreen } from "../../../../lib/ui/address/generation_screen.ts";
import type { ScreenRequest } from "./screen.ts";

/** How long a page waits for the scores of its rows; a link leads on to the others. */
const SCORING_MS = 3_000;

interface PageScores {
  readonly scores: ReadonlyMap<number, RowScore>;
  readonly scored: number;
  readonly unscored: number;
  readonly rowMs?: number;
  /** How far the others are, where they are made too. */
  readonly state?: ScoringState;
}

/** Of the rows on the page, once they are asked for; what hinders all of them takes nothing from the data. */
export async function scoresOf(
  { state, path, signal }: ScreenRequest,
  place: Place,
  page: RowsPage | undefined,
): Promise<{ readonly scores?: PageScores; readonly problem?: Problem }> {
  if (page === undefined || !showsScores(page) || place.generator === "") return {};
  const rows = scorable(page), asker = { state, params: path }, isScoring = page.views.includes("scoring");
  const dataset = await state.registry.dataset(place.module.name, place.taskName, place.split);
  const table = scoreTable(dataset, place.generator);
  let problem: Problem | undefined;
  try {
    await scoreRows(asker, table, place, { rows, patienceMs: isScoring ? 0 : SCORING_MS, signal });
  } catch (error) {
    problem = toldProblem(state, error);
  }
  const others = isScoring && problem === undefined
    ? { state: (await lookAtScores(asker, place, page.wish, rows, true)).state }
    : {};
  const time = table.rowMs === undefined ? {} : { rowMs: table.rowMs };
  const counts = { scored: table.scored, unscored: dataset.size - table.known };
  const scores = { scores: knownScores(table, rows), ...counts, ...time, ...others };
  return problem === undefined ? { scores } : { scores, problem };
}

export function withScores(page: RowsPage, { state: _, ...scores }: PageScores): RowsPage {
  return { ...page, ...scores };
}

function scorable({ rows }: RowsPage): readonly number[] {
  return rows.flatMap((found) => "row" in found ? [found.index] : []);
}

/** While all rows are scored, how far that is. */
export function scoreWatch(screen: GenerationScreen, page: RowsPage, state: ScoringState | undefined) {
  if (state === undefined) return undefined;
  const { module, component, task, split, generator } = screen, { wish } = page;
  const query = new URLSearchParams({ task, split, generator, rows: scorable(page).join(",") });
  const paused = { ...page, views: page.views.map((view) => view === "scoring" ? "scores" : view) };
  return (
    <ScoreWatch
      address={`/api/${module}/${component}/scores?${query}&${wishQuery({ ...wish, sort: "", by: "", scores: {} })}`}
      here={rowsHref(screen, page)}
      paused={rowsHref(screen, paused)}
      state={state}
      isByScore={wish.by !== "" || Object.keys(wish.scores).length > 0}
    />
  );
}
