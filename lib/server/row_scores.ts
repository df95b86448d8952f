/** What the targets of many rows say of a generator, a page of rows at a time. */
import type { Dataset } from "../datasets/dataset.ts";
import { firstDeparture, nll, perplexity } from "../lm/score.ts";
import { type Asker, readScore } from "./generation.ts";
import type { Place } from "./place.ts";
import { ProblemError } from "./problem.ts";

/** As `RowScore` of the screen. */
export type RowScore =
  | { readonly nats: number; readonly perplexity: number; readonly departure?: number }
  | { readonly fault: string };

export interface RowScores {
  readonly scores: ReadonlyMap<number, RowScore>;
  /** Rows of the split whose scores are known. */
  readonly scored: number;
}

/** Split of a task → generator → row; for as long as the split is open. Equal questions give equal scores. */
const known = new WeakMap<Dataset<unknown>, Map<string, Map<number, RowScore>>>();

export interface RowsToScore {
  /** Numbers in the split. */
  readonly indices: readonly number[];
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Scores rows one after the other, as long as patience lasts, and at least one; what is known already is there at once.
 * @throws {ProblemError} for what is wrong with more than a row
 */
export async function scoreRows(
  asker: Asker,
  dataset: Dataset<unknown>,
  { taskName: task, split, generator }: Place,
  { indices, patienceMs, signal }: RowsToScore,
): Promise<RowScores> {
  const generators = known.get(dataset) ?? new Map<string, Map<number, RowScore>>();
  const all = generators.get(generator) ?? new Map<number, RowScore>();
  known.set(dataset, generators.set(generator, all));
  const endMs = performance.now() + patienceMs;
  for (const sample of indices.filter((index) => !all.has(index))) {
    all.set(sample, await scoreRow(asker, { task, split, sample, generator }, signal));
    if (performance.now() > endMs) break;
  }
  const scores = indices.flatMap((index): [number, RowScore][] => {
    const score = all.get(index);
    return score === undefined ? [] : [[index, score]];
  });
  return { scores: new Map(scores), scored: [...all.values()].filter((score) => "nats" in score).length };
}

async function scoreRow(asker: Asker, body: Parameters<typeof readScore>[1], signal: AbortSignal): Promise<RowScore> {
  try {
    const { tokens } = await readScore(asker, body, signal);
    const logprobs = tokens.map(({ logprob }) => logprob), departure = firstDeparture(tokens);
    return {
      nats: nll(logprobs),
      perplexity: perplexity(logprobs) ?? 1,
      ...(departure === undefined ? {} : { departure: departure + 1 }),
    };
  } catch (error) {
    if (error instanceof ProblemError && error.status === 422 && error.field !== "generator") {
      return { fault: error.message };
    }
    throw error;
  }
}
