import type { Token, TokenId } from "../../lm/token.ts";

/** Tokens that a look ahead shows. */
export const AHEAD = 5;

/** What greedy decoding would write after a candidate. */
export interface Preview {
  /** The candidate. */
  readonly id: TokenId;
  readonly tokens: readonly Token[];
  /** More is on its way. */
  readonly isBusy: boolean;
}
