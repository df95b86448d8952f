/** The scores of the rows on a page, and those of all its choice that are made in the background. */
import type { RowScore, ScoringState } from "../../lm/row_score.ts";
import type { Asker } from "../generation.ts";
import { LIMITS } from "../entry/limits.ts";
import type { Place } from "../place.ts";
import { ProblemError } from "../problem.ts";
import { knownScores, scoreRow, scoreTable } from "./row_scores.ts";
import { choiceOf, type RowWish } from "./rows.ts";
import { MOST_ROWS, type ScoringWish } from "./scoring.ts";

/** How long a page waits for the rows of its choice. */
const BEGINNING_MS = 100;

export interface Scores {
  /** Rows of the split with a score. */
  readonly scored: number;
  readonly state: ScoringState;
  /** By number, of those that were asked for and are known. */
  readonly scores: Readonly<Record<string, RowScore>>;
}

/**
 * Has the rows that a wish asks of the data scored, and says how far that is.
 * @param rows on the page, which come first
 * @param again whether to begin anew where it failed
 */
export async function lookAtScores(
  asker: Asker,
  place: Place,
  wish: RowWish,
  rows: readonly number[],
  again: boolean,
): Promise<Scores> {
  const { registry, scoring } = asker.state;
  const { module, taskName, split, generator } = place;
  if (generator === "") {
    throw new ProblemError(422, "Not available", "Cannot score: the module has no generator", { field: "generator" });
  }
  const dataset = await registry.dataset(module.name, taskName, split);
  const table = scoreTable(dataset, generator);
  // Of a choice of very many rows, those from the page on are a choice of their own.
  const lot = Math.floor((rows[0] ?? 0) / MOST_ROWS);
  const wanted: ScoringWish = {
    key: JSON.stringify([module.name, taskName, split, generator, wish.search, wish.filter, wish.only, lot]),
    model: JSON.stringify([module.name, generator]),
    first: rows.filter((row) => row < dataset.size),
    rows: async () => {
      await refuseBilled(asker, place);
      return await choiceOf(dataset, wish, rows.filter((row) => row < dataset.size), MOST_ROWS);
    },
    isKnown: (row) => table.has(row),
    hasScore: (row) => table.number(row, "bits") !== undefined,
    score: (row, signal) => scoreRow(asker, table, { ...place, sample: row }, signal),
    isUsed: () => registry.inUse(module.name, generator) > 0,
  };
  let state = scoring.look(wanted, again);
  // A page is to say how many rows there are to score, which is known soon.
  if (again && state.kind === "waiting" && state.others === 0) {
    await new Promise((resolve) => setTimeout(resolve, BEGINNING_MS));
    state = scoring.look(wanted, false);
  }
  return { scored: table.scored, state, scores: Object.fromEntries(knownScores(table, rows)) };
}

/** @throws for a generator that would cost money without anybody's having asked for each row */
async function refuseBilled({ state: { registry, client } }: Asker, { module, generator: name }: Place): Promise<void> {
  const generator = await registry.generator(module.name, name, client);
  if (generator.isBilled === true) {
    throw new Error(`Cannot score all rows by generator "${name}": its server bills them, so score them page by page`);
  }
}

/** @throws {ProblemError} 422 where `rows` is no list of numbers, or of too many */
export function rowsFromQuery(query: URLSearchParams): readonly number[] {
  const text = query.get("rows") ?? "";
  if (text === "") return [];
  const rows = text.split(",");
  if (rows.length <= LIMITS.sampleRows && rows.every((row) => /^\d{1,15}$/.test(row))) return rows.map(Number);
  const detail = `Cannot use rows: expected at most ${LIMITS.sampleRows} whole numbers with commas between them`;
  throw new ProblemError(422, "Invalid request", detail, { field: "rows" });
}
