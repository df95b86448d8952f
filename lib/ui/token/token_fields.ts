import type { Prompt } from "../../lm/prompt.ts";
import type { Token } from "../../lm/token.ts";

const encoder = new TextEncoder();

/**
 * The prompt field that each token's first byte stands in; undefined outside of all fields, and from where the tokens no
 * longer follow the text.
 */
export function tokenFields({ text, spans }: Prompt, tokens: readonly Token[]): readonly (string | undefined)[] {
  const bytes = encoder.encode(text);
  const places = spans.map(({ field, start, end }) => ({
    field,
    start: encoder.encode(text.slice(0, start)).length,
    end: encoder.encode(text.slice(0, end)).length,
  }));
  let at = 0;
  return tokens.map((token) => {
    // A special token stands for its name where the text has it, and for nothing where the tokenizer put it in.
    const own = token.special === true ? encoder.encode(token.text) : token.bytes;
    const isHere = [...own].every((byte, index) => bytes[at + index] === byte);
    if (!isHere) return undefined;
    const start = at;
    at += own.length;
    return places.find((place) => start >= place.start && start < place.end)?.field;
  });
}
