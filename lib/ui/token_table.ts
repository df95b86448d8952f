/**
 * The tokens of a file in a list of their own. A token is a candidate again and again, so that it stands in the file once, and
 * what servers told names it by its place there. Pure.
 */
import * as v from "valibot";
import type { Candidate } from "../lm/event.ts";
import type { Token } from "../lm/token.ts";
import { wholeSchema } from "./exported_json.ts";
import { lean, logprobSchema, tokenSchema } from "./told_step.ts";

/** A candidate by the place of its token. */
export type PlacedCandidate = readonly [token: number, logprob: number, rank: number];

export const placedSchema = v.tuple([wholeSchema, logprobSchema, wholeSchema]);

export class TokenTable {
  readonly #places = new Map<string, number>();
  #tokens: (Token | Omit<Token, "bytes">)[] = [];

  /** Bytes that a token's text tells as well are left out. */
  get tokens(): readonly (Token | Omit<Token, "bytes">)[] {
    return this.#tokens;
  }

  /** Adds the token where it is new. */
  placeOf(token: Token): number {
    const name = `${token.id} ${token.text}`, place = this.#places.get(name) ?? this.#tokens.length;
    if (place === this.#tokens.length) this.#tokens.push(lean(token));
    this.#places.set(name, place);
    return place;
  }

  placed(candidates: readonly Pick<Candidate, "token" | "logprob" | "rank">[]): readonly PlacedCandidate[] {
    return candidates.map(({ token, logprob, rank }) => [this.placeOf(token), logprob, rank]);
  }

  /** Forgets the tokens that were added last. @param length how many stay */
  cutTo(length: number): void {
    this.#tokens = this.#tokens.slice(0, length);
    for (const [name, place] of this.#places) if (place >= length) this.#places.delete(name);
  }
}

/** The tokens that a file names by their place; none where they cannot be read. */
export function readTokens(value: unknown): readonly Token[] {
  const parsed = v.safeParse(v.array(tokenSchema), value);
  return parsed.success ? parsed.output : [];
}
