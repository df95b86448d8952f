/** What the targets of a split's rows say of one generator, kept as numbers: sixteen bytes a row. */
import { type Condition, meets } from "../../datasets/condition.ts";
import type { RowScore, ScoreColumn } from "../../lm/row_score.ts";

/** Rows that are kept together, and most such blocks of all tables: a million rows. Those filled longest ago make room. */
const BLOCK_ROWS = 4_096, MOST_BLOCKS = 256;
/** Most reasons of rows without a score that are kept, the latest; the others are found again. */
const MOST_FAULTS = 1_000;
/** In place of the surprisal of a row that cannot be scored; a row that was not is not a number. */
const FAILED = -1;
/** How much the last row says of the time that one takes. */
const SMOOTHING = 1 / 8;

class Block {
  readonly nats = new Float64Array(BLOCK_ROWS).fill(NaN);
  readonly tokens = new Uint32Array(BLOCK_ROWS);
  /** From 1; 0 where the target departs nowhere. */
  readonly departures = new Uint32Array(BLOCK_ROWS);
}

/** Blocks of all tables, those filled longest ago first, with what forgets them. */
const filled = new Map<Block, () => void>();

export class ScoreTable {
  readonly #blocks = new Map<number, Block>();
  readonly #faults = new Map<number, string>();
  #scored = 0;
  #failed = 0;
  #rowMs: number | undefined;

  /** Rows with a score. */
  get scored(): number {
    return this.#scored;
  }

  /** Rows that were scored, or could not be. */
  get known(): number {
    return this.#scored + this.#failed;
  }

  /** How long one row takes, smoothed; undefined before the first. */
  get rowMs(): number | undefined {
    return this.#rowMs;
  }

  /** Whether it was scored, or could not be. */
  has(row: number): boolean {
    return !Number.isNaN(this.#natsOf(row) ?? NaN);
  }

  /** Undefined also for a row without a score whose reason was forgotten: who asks for the row learns it again. */
  get(row: number): RowScore | undefined {
    const nats = this.#natsOf(row), place = row % BLOCK_ROWS, block = this.#blockOf(row);
    if (block === undefined || nats === undefined || Number.isNaN(nats)) return undefined;
    if (nats === FAILED) {
      const fault = this.#faults.get(row);
      return fault === undefined ? undefined : { fault };
    }
    const departure = block.departures[place] ?? 0;
    const perplexity = this.number(row, "perplexity") ?? 1;
    return { nats, perplexity, ...(departure === 0 ? {} : { departure }) };
  }

  /** A score in the unit of its column; undefined without a score, or without a departure. */
  number(row: number, column: ScoreColumn): number | undefined {
    const block = this.#blockOf(row), place = row % BLOCK_ROWS, nats = block?.nats[place] ?? NaN;
    if (block === undefined || !(nats >= 0)) return undefined;
    if (column === "bits") return nats / Math.LN2;
    if (column === "departure") return block.departures[place] || undefined;
    const tokens = block.tokens[place] ?? 0;
    return tokens === 0 ? 1 : Math.exp(nats / tokens);
  }

  /** Whether a row was scored and meets a condition. */
  meets(row: number, column: ScoreColumn, condition: Condition): boolean {
    if (!((this.#natsOf(row) ?? NaN) >= 0)) return false;
    const number = this.number(row, column);
    // Subtle: a condition reads no infinity, which is how improbable an impossible target is.
    return meets(number === undefined ? undefined : String(Math.min(number, Number.MAX_VALUE)), condition);
  }

  /** @param tookMs how long scoring it took */
  set(row: number, score: ScoredRow | { readonly fault: string }, tookMs: number): void {
    const block = this.#blockOf(row) ?? this.#addBlock(Math.floor(row / BLOCK_ROWS)), place = row % BLOCK_ROWS;
    this.#rowMs = this.#rowMs === undefined ? tookMs : this.#rowMs + (tookMs - this.#rowMs) * SMOOTHING;
    const before = block.nats[place] ?? NaN;
    if ("fault" in score) {
      block.nats[place] = FAILED;
      this.#keepFault(row, score.fault);
    } else {
      block.nats[place] = Math.max(0, score.nats); // A server may round a logprob to just above 0.
      block.tokens[place] = score.tokens;
      block.departures[place] = score.departure ?? 0;
    }
    const after = block.nats[place] ?? NaN;
    this.#scored += Number(after >= 0) - Number(before >= 0);
    this.#failed += Number(after === FAILED) - Number(before === FAILED);
  }

  #keepFault(row: number, fault: string): void {
    this.#faults.delete(row);
    this.#faults.set(row, fault);
    const [oldest] = this.#faults.keys();
    if (this.#faults.size > MOST_FAULTS && oldest !== undefined) this.#faults.delete(oldest);
  }

  #natsOf(row: number): number | undefined {
    return this.#blockOf(row)?.nats[row % BLOCK_ROWS];
  }

  #blockOf(row: number): Block | undefined {
    return this.#blocks.get(Math.floor(row / BLOCK_ROWS));
  }

  #addBlock(number: number): Block {
    const block = new Block();
    this.#blocks.set(number, block);
    filled.set(block, () => {
      this.#blocks.delete(number);
      this.#scored -= block.nats.filter((nats) => nats >= 0).length;
      this.#failed -= block.nats.filter((nats) => nats === FAILED).length;
    });
    for (const [oldest, forget] of filled) {
      if (filled.size <= MOST_BLOCKS) break;
      filled.delete(oldest);
      forget();
    }
    return block;
  }
}

export interface ScoredRow {
  /** Surprisal of the whole target. */
  readonly nats: number;
  /** Tokens of the target. */
  readonly tokens: number;
  /** The first token that is not the model's first choice, from 1. */
  readonly departure?: number;
}
