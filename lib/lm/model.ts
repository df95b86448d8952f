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
  /** Ids of a prompt, with what the tokenizer puts before one (such as a BOS token). */
  encode(text: string): readonly TokenId[];
  /** Ids of a text that stands after others. Default: as `encode`. */
  encodeContinuation?(text: string): readonly TokenId[];
  token(id: TokenId): Token;
  /**
   * Raw logits `[vocabularySize]` of the token after `prefix`.
   * Subtle: the array belongs to the caller until its next call only; copy what must outlive it.
   * @param isTried true where somebody tries one token after another, so that what was kept of the last try may go
   */
  logits(
    prefix: readonly TokenId[],
    signal?: AbortSignal,
    isTried?: boolean,
  ): Float32Array | Promise<Float32Array>;
  /**
   * Raw logits `[sequence.length - from, vocabularySize]`, row `i` being those after `sequence[0 … from + i]`.
   * A model that offers it scores a text in one pass; without it scoring calls `logits` once a position.
   */
  allLogits?(
    sequence: readonly TokenId[],
    from: number,
    signal?: AbortSignal,
  ): readonly Float32Array[] | Promise<readonly Float32Array[]>;
}
