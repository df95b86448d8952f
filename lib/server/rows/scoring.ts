/**
 * Rows scored in the background, for as long as somebody looks: the rows of a choice, those that are looked at now first.
 * It takes a row at a time, in turn with other choices, and only while nobody uses the model: what people ask for goes
 * before.
 */
import { thrownText } from "../../lm/thrown.ts";
import type { ScoringState } from "../../lm/row_score.ts";
import { ProblemError } from "../problem.ts";

/** How long a choice is scored after somebody looked at it last. */
const LOOKED_MS = 30_000;
/** Choices that are scored in turn, and the most rows of one. */
const MOST_CHOICES = 8;
export const MOST_ROWS = 100_000;
/** How long it keeps away while people use the model, before it looks again. */
const KEEP_AWAY_MS = 50;
/** A model that refuses, as it is too busy, is asked again after twice the time before, and at last after this. */
const LONGEST_AWAY_MS = 5_000;
/** How much the last row says of the pace. */
const SMOOTHING = 1 / 8;

/** A choice of rows to score for a generator. */
export interface ScoringWish {
  /** Tells it from others. */
  readonly key: string;
  /** The model that it uses: choices of the same one take turns. */
  readonly model: string;
  /** Those of its rows that somebody looks at now, which come first. */
  readonly first: readonly number[];
  /** Its rows in the order in which they are to be scored; at most `MOST_ROWS` of them are. @throws why they cannot be */
  readonly rows: () => Promise<ArrayLike<number>>;
  /** Whether a row was scored already, or cannot be. */
  readonly isKnown: (row: number) => boolean;
  /** Whether a row has a score. */
  readonly hasScore: (row: number) => boolean;
  /** @throws for what is wrong with more than the row */
  readonly score: (row: number, signal: AbortSignal) => Promise<void>;
  /** Whether people use the model now. */
  readonly isUsed: () => boolean;
}

export class Scoring {
  readonly #choices = new Map<string, Choice>();
  /** Models whose choices are being scored. */
  readonly #working = new Set<string>();

  constructor(readonly shutdown: AbortSignal, readonly lookedMs: number = LOOKED_MS) {}

  /**
   * Somebody looks at a choice: it is scored, or goes on being.
   * @param again whether to begin anew where it failed
   */
  look(wish: ScoringWish, again: boolean): ScoringState {
    this.#forgetUnseen();
    const known = this.#choices.get(wish.key);
    const others = [...this.#choices.values()].filter((each) => each !== known && each.isOpen);
    if (known === undefined && others.length >= MOST_CHOICES) return { kind: "waiting", others: others.length };
    const choice = known === undefined || again && known.reason !== undefined ? new Choice(wish) : known;
    choice.first = wish.first;
    choice.seenMs = performance.now();
    this.#choices.set(wish.key, choice);
    if (!this.#working.has(wish.model)) void this.#work(wish.model);
    return choice.state(others.filter(({ wish: { model } }) => model === wish.model).length);
  }

  /** Ends as soon as there is nothing to do that anybody looks at. */
  async #work(model: string): Promise<void> {
    this.#working.add(model);
    try {
      for (let choices = this.#open(model); choices.length > 0; choices = this.#open(model)) {
        let worked = false;
        for (const choice of choices) {
          choice.isKeptAway = choice.isRefused || choice.wish.isUsed();
          if (!choice.isKeptAway && await choice.step(this.shutdown)) worked = true;
        }
        // Others get their turn: a generator that answers at once would leave them none.
        await new Promise((resolve) => setTimeout(resolve, worked ? 0 : KEEP_AWAY_MS));
      }
    } finally {
      this.#working.delete(model);
    }
  }

  #open(model: string): readonly Choice[] {
    this.#forgetUnseen();
    if (this.shutdown.aborted) return [];
    return [...this.#choices.values()].filter(({ isOpen, wish }) => isOpen && wish.model === model);
  }

  #forgetUnseen(): void {
    const seenMs = performance.now() - this.lookedMs;
    for (const [key, choice] of this.#choices) if (choice.seenMs < seenMs) this.#choices.delete(key);
  }
}

/** A choice of rows, and how far it is. */
class Choice {
  seenMs = 0;
  isKeptAway = false;
  /** The rows on the page that was looked at last. */
  first: readonly number[] = [];
  /** Why it cannot go on. */
  reason: string | undefined;
  #rows: ArrayLike<number> | undefined;
  /** Of the next row. */
  #at = 0;
  #paceMs: number | undefined;
  #steppedMs: number | undefined;
  /** Rows that were scored out of turn, and have no score nevertheless. */
  readonly #inVain = new Set<number>();
  /** Until when the model that refused is left alone, and how long that is. */
  #awayUntilMs = 0;
  #awayMs = 0;

  constructor(readonly wish: ScoringWish) {}

  get isOpen(): boolean {
    return this.reason === undefined && (this.#rows === undefined || this.#at < this.#length);
  }

  get isRefused(): boolean {
    return performance.now() < this.#awayUntilMs;
  }

  state(others: number): ScoringState {
    if (this.reason !== undefined) return { kind: "failed", reason: this.reason };
    if (this.#rows === undefined) return { kind: "waiting", others };
    const of = this.#length, left = this.#countLeft();
    if (left === 0) {
      const without = this.#countWithout();
      return { kind: "done", of, ...(without > 0 && { without }), ...(of < this.#rows.length && { isCut: true }) };
    }
    const time = this.#paceMs === undefined ? {} : { leftMs: this.#paceMs * left };
    return { kind: "scoring", done: of - left, of, ...time, others, isKeptAway: this.isKeptAway };
  }

  /** Looks the rows up, or scores the next one without a score. @returns whether it used the model */
  async step(signal: AbortSignal): Promise<boolean> {
    const { rows, isKnown, score } = this.wish;
    try {
      this.#rows ??= await rows();
      while (this.#at < this.#length && this.#isDone(this.#row)) this.#at++;
      if (this.#at >= this.#length) return false;
      const row = this.first.find((row) => !this.#isDone(row)) ?? this.#row;
      await score(row, signal);
      if (!isKnown(row)) this.#inVain.add(row); // Whatever came of it: it is not asked for ever.
      this.#awayMs = 0;
      this.#measure();
      return true;
    } catch (error) {
      // The model was taken meanwhile: the row has its turn when it is free.
      this.isKeptAway = error instanceof ProblemError && error.status === 429;
      if (this.isKeptAway) this.#leaveAlone();
      else this.reason = thrownText(error);
      return false;
    }
  }

  #isDone(row: number): boolean {
    return this.wish.isKnown(row) || this.#inVain.has(row);
  }

  #leaveAlone(): void {
    this.#awayMs = Math.min(Math.max(KEEP_AWAY_MS, 2 * this.#awayMs), LONGEST_AWAY_MS);
    this.#awayUntilMs = performance.now() + this.#awayMs;
  }

  #countLeft(): number {
    let left = 0;
    for (let at = this.#at; at < this.#length; at++) left += Number(!this.#isDone(this.#rows?.[at] ?? 0));
    return left;
  }

  #countWithout(): number {
    let without = 0;
    for (let at = 0; at < this.#length; at++) without += Number(!this.wish.hasScore(this.#rows?.[at] ?? 0));
    return without;
  }

  get #length(): number {
    return Math.min(MOST_ROWS, this.#rows?.length ?? 0);
  }

  get #row(): number {
    return this.#rows?.[this.#at] ?? 0;
  }

  /** Subtle: from row to row, so that what it waits for is part of the pace. */
  #measure(): void {
    const nowMs = performance.now(), beforeMs = this.#steppedMs;
    this.#steppedMs = nowMs;
    if (beforeMs === undefined) return;
    const tookMs = nowMs - beforeMs;
    this.#paceMs = this.#paceMs === undefined ? tookMs : this.#paceMs + (tookMs - this.#paceMs) * SMOOTHING;
  }
}
