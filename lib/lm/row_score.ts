/** What the targets of rows say of a model, and how far that is known: as the server keeps and tells it, and pages show it. */

/** What rows are sorted and filtered by, in the units of the screen. */
export const SCORE_COLUMNS = ["bits", "perplexity", "departure"] as const;
export type ScoreColumn = typeof SCORE_COLUMNS[number];

/** What the target of a row says of the model, or why it does not. */
export type RowScore =
  | {
    /** Surprisal of the whole target. */
    readonly nats: number;
    readonly perplexity: number;
    /** The first token that is not the model's first choice, from 1; absent when there is none. */
    readonly departure?: number;
  }
  | { readonly fault: string };

/** How far the scores of a choice of rows are, which are made in the background. */
export type ScoringState =
  /** The rows are still looked for, or other choices are in the way: so many. */
  | { readonly kind: "waiting"; readonly others: number }
  | {
    readonly kind: "scoring";
    /** Rows of the choice that are done, whether they have a score or cannot have one. */
    readonly done: number;
    readonly of: number;
    /** At the pace of the last rows; absent before the first. */
    readonly leftMs?: number;
    /** Other choices that are scored in turn. */
    readonly others: number;
    /** Whether it keeps away now, as people use the model. */
    readonly isKeptAway: boolean;
  }
  /** `without`: rows that could not be scored, where there are any; `isCut` where the choice has more than are scored at once. */
  | { readonly kind: "done"; readonly of: number; readonly without?: number; readonly isCut?: true }
  | { readonly kind: "failed"; readonly reason: string };
