import type { Token, TokenId } from "./token.ts";

/**
 * A causal language model as the decode loop sees it: text ↔ ids, and ids → logits.
 * Everything else (sampling, scoring, stepping, streaming) is derived from this.
 */
export interface LanguageModel {
  readonly vocabularySize: number;
  /** Most tokens of prompt and completion together. */
  readonly contextWindow: number;
  /** Ids that end a completion. */
  readonly endIds: ReadonlySet<TokenId>;
  /** Most prefixes that one pass takes; 1 where it is absent. */
  readonly rows?: number;
  /** Ids of a prompt, with what the tokenizer puts before one (such as a BOS token). */
  encode(text: string): readonly TokenId[];
  /** Ids of a text that stands after others. Default: as `encode`. */
  encodeContinuation?(text: string): readonly TokenId[];
  token(id: TokenId): Token;
  /**
   * Raw logits `[vocabularySize]` of the token after `prefix`. Several may be asked for at once; a model for which that
   * pays computes them in one pass.
   * Subtle: the array is the caller's only until it awaits something else; copy what must outlive that.
   * @param isTried true where somebody tries one token after another, so that what was kept of the last try may go
   */
  logits(
    prefix: readonly TokenId[],
    signal?: AbortSignal,
    isTried?: boolean,
  ): Float32Array | Promise<Float32Array>;
  /**
   * Calls `visit` with the raw logits after `sequence[0 … from]`, then with those after one token more, to the end.
   * A model that offers it scores a text in a few passes; without it scoring calls `logits` once a position.
   */
  eachLogits?(
    sequence: readonly TokenId[],
    from: number,
    visit: VisitLogits,
    signal?: AbortSignal,
  ): void | Promise<void>;
}

/** Takes the raw logits after one more token, `[vocabularySize]`, which are its own until it returns. */
export type VisitLogits = (logits: Float32Array) => void;
