/** What the targets of rows say of a generator: scored one row after the other, and kept for as long as there is room. */
import type { Dataset } from "../../datasets/dataset.ts";
import type { RowScore } from "../../lm/row_score.ts";
import { firstDeparture, nll } from "../../lm/score.ts";
import { type Asker, readTarget } from "../generation.ts";
import type { Place } from "../place.ts";
import { ModuleFailedError, ProblemError } from "../problem.ts";
import { ScoreTable } from "./score_table.ts";
import { toldProblem } from "../told_problem.ts";

/** Split of a task → generator. Equal questions give equal scores, so they stay for as long as the split is open. */
const tables = new WeakMap<Dataset<unknown>, Map<string, ScoreTable>>();

/** Tables of splits of whose rows one failed in the module's code, of which the log has the first: one fault may be that of all. */
const logged = new WeakSet<ScoreTable>();

/** What is known of a split's rows. */
export function scoreTable(dataset: Dataset<unknown>, generator: string): ScoreTable {
  const generators = tables.get(dataset) ?? new Map<string, ScoreTable>();
  const table = generators.get(generator) ?? new ScoreTable();
  tables.set(dataset, generators.set(generator, table));
  return table;
}

/** The scores of some rows that are known. */
export function knownScores(table: ScoreTable, rows: readonly number[]): ReadonlyMap<number, RowScore> {
  return new Map(rows.flatMap((row): [number, RowScore][] => {
    const score = table.get(row);
    return score === undefined ? [] : [[row, score]];
  }));
}

export interface RowsToScore {
  /** Numbers in the split. */
  readonly rows: readonly number[];
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Scores rows one after the other, as long as patience lasts, and at least one; what is known already is not asked again.
 * @throws {ProblemError} for what is wrong with more than a row
 */
export async function scoreRows(
  asker: Asker,
  table: ScoreTable,
  place: Place,
  { rows, patienceMs, signal }: RowsToScore,
): Promise<void> {
  const endMs = performance.now() + patienceMs;
  for (const row of rows) {
    if (table.get(row) !== undefined) continue;
    await scoreRow(asker, table, { ...place, sample: row }, signal);
    if (performance.now() > endMs) return;
  }
}

/** Scores the place's sample, or keeps why it has no score. @throws {ProblemError} for what is wrong with more than a row */
export async function scoreRow(
  asker: Asker,
  table: ScoreTable,
  { taskName: task, split, sample, generator }: Place,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now();
  const keep = (score: Parameters<ScoreTable["set"]>[1]) => table.set(sample, score, performance.now() - startedMs);
  try {
    const tokens = await readTarget(asker, { task, split, sample, generator }, signal);
    const departure = firstDeparture(tokens);
    keep({
      nats: nll(tokens.map(({ logprob }) => logprob)),
      tokens: tokens.length,
      ...(departure === undefined ? {} : { departure: departure + 1 }),
    });
  } catch (error) {
    if (!isOfRow(error)) throw error;
    if (error.isOfModule && !logged.has(table)) toldProblem(asker.state, error);
    if (error.isOfModule) logged.add(table);
    keep({ fault: error.message });
  }
}

/** Whether the other rows may have a score nevertheless. */
function isOfRow(error: unknown): error is ProblemError {
  if (error instanceof ModuleFailedError) return true; // Of the sample's own functions: a row may lack what they read.
  return error instanceof ProblemError && error.status === 422 && error.field !== "generator";
}
