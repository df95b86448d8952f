/** What a person looks for among tokens. */
import { parsePattern } from "./pattern.ts";
import { isMatch, PatternMatcher } from "./pattern_matcher.ts";
import type { Token } from "./token.ts";

type Named = Pick<Token, "id" | "text">;

/**
 * Whether a token is looked for: by a part of its text in any case, by its id, or by a pattern of its text.
 * @example "cat" finds " Cats", "17" the token of that id, and "/^ ?cat$/" neither " Cats" nor "cats"
 * @throws {PatternError} for a pattern that cannot be used
 */
export function tokenSearch(wanted: string): (token: Named) => boolean {
  const pattern = parsePattern(wanted);
  if (pattern !== undefined) {
    const matcher = new PatternMatcher(pattern);
    return ({ text }) => isMatch(text, matcher);
  }
  const part = wanted.toLowerCase();
  return ({ id, text }) => String(id) === wanted || text.toLowerCase().includes(part);
}
