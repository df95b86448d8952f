/** An integer that names one entry of a model's vocabulary. */
export type TokenId = number;

/**
 * One entry of the vocabulary as it stands in a text.
 *
 * Subtle: `id` and `bytes` are the truth. A token may hold part of a character only, so `text` (its bytes decoded
 * alone, with U+FFFD for what is incomplete) is for labels and never for building a completion.
 */
export interface Token {
  readonly id: TokenId;
  readonly text: string;
  /** UTF-8 bytes, each 0–255; empty for special tokens that stand for no text. */
  readonly bytes: readonly number[];
  /** True for tokens such as `<|endoftext|>` that are no text of their own. */
  readonly special?: boolean;
  /** True when a server named the token without an id: `id` is ours then, made of the bytes. */
  readonly isUnnumbered?: boolean;
}
