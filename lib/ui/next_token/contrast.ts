/** Why a candidate is as probable as it is, or more so than another one: by what each field of the prompt adds to that. */
import type { Token, TokenId } from "../../lm/token.ts";

/** Of one token its logprob, of two the difference of theirs, which is their log-odds; all raw, in nats. */
export interface Contrast {
  readonly one: Token;
  /** Absent where one token is looked at by itself. */
  readonly other?: Token;
  /** As the prompt stands; undefined until it is known, and where the generator does not tell it. */
  readonly nats: number | undefined;
  /** The fields that were left blank so far, one at a time. */
  readonly fields: readonly FieldShare[];
  readonly isBusy: boolean;
}

export type FieldShare =
  /** What the field adds: the value as the prompt stands, minus the one without the field. */
  | { readonly field: string; readonly addsNats: number }
  /** Why it is not known. */
  | { readonly field: string; readonly reason: string };

/** Candidates that are marked, with one more or without it; of three the first leaves. */
export function withMark(marked: readonly TokenId[], id: TokenId): readonly TokenId[] {
  return marked.includes(id) ? marked.filter((other) => other !== id) : [...marked, id].slice(-2);
}
