/** Log probabilities in the two forms of OpenAI's API. They are of the raw distribution, before any sampling param. */
import type { Candidate } from "../../lm/event.ts";
import { Detokenizer } from "../../lm/detokenize.ts";
import type { Token } from "../../lm/token.ts";

/** A token in its place; the first token of an echoed prompt has no logprob, as nothing stands before it. */
export interface Placed {
  readonly token: Token;
  readonly logprob?: number | undefined;
  readonly top: readonly Candidate[];
}

export interface CompletionLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly (number | null)[];
  /** The `count` most probable tokens and the chosen one, by name. */
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[];
  /** Characters before each token, from the start of the choice's text. */
  readonly text_offset: readonly number[];
}

/**
 * Where the tokens of one choice begin in its text.
 * Subtle: counted from the tokens, as what a stream has sent may lack text that is held back for a stop text.
 */
export class TextOffsets {
  readonly #detokenizer = new Detokenizer();
  #characters = 0;

  /** Characters before the choice's next token. */
  push(token: Token): number {
    const before = this.#characters;
    // Subtle: code points, as Python counts; an emoji is one, and two in the length of a string here.
    this.#characters += [...this.#detokenizer.push(token)].length;
    return before;
  }
}

/** `choices[].logprobs` of /v1/completions; `offsets` has counted the tokens of the choice that came before. */
export function completionLogprobs(
  placed: readonly Placed[],
  count: number,
  offsets = new TextOffsets(),
): CompletionLogprobs {
  return {
    tokens: placed.map(({ token }) => nameOf(token)),
    token_logprobs: placed.map(({ logprob }) => logprob ?? null),
    top_logprobs: placed.map(({ token, logprob, top }) => {
      if (logprob === undefined) return null;
      const shown = top.filter(({ rank }) => rank <= count).map((each) => [nameOf(each.token), each.logprob] as const);
      return Object.fromEntries([...shown, [nameOf(token), logprob]]);
    }),
    text_offset: placed.map(({ token }) => offsets.push(token)),
  };
}

/** `choices[].logprobs` of /v1/chat/completions: null where a token has none, as this form has no way to say so. */
export function chatLogprobs(placed: readonly Placed[], count: number): object | null {
  const entry = (of: Token, value: number) => ({ token: nameOf(of), logprob: value, bytes: [...of.bytes] });
  const content = placed.flatMap(({ token, logprob, top }) => {
    if (logprob === undefined) return [];
    const shown = top.filter(({ rank }) => rank <= count).map((each) => entry(each.token, each.logprob));
    return [{ ...entry(token, logprob), top_logprobs: shown }];
  });
  return content.length < placed.length ? null : { content, refusal: null };
}

/** A token's text; one that holds part of a character is told by its bytes, as OpenAI does. */
function nameOf({ text, bytes, special }: Token): string {
  if (special === true || !text.includes("\ufffd")) return text;
  return `bytes:${bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")}`;
}
