import type { Prompt } from "../../lm/prompt.ts";
import type { Token } from "../../lm/token.ts";

const SPACE = 0x20;
/** Tab, line feed, vertical tab, form feed, carriage return, space. */
const WHITESPACE: ReadonlySet<number> = new Set([0x09, 0x0A, 0x0B, 0x0C, 0x0D, SPACE]);
const encoder = new TextEncoder();

/**
 * The prompt field that each token's first byte stands in; undefined outside of all fields, and from where the tokens no
 * longer follow the text.
 * Subtle: at its beginning, and again after a special token, a tokenizer may write a space that the text does not have
 * (SentencePiece), or leave out whitespace that it has (special tokens that take what follows them).
 */
export function tokenFields({ text, spans }: Prompt, tokens: readonly Token[]): readonly (string | undefined)[] {
  const bytes = encoder.encode(text);
  const places = spans.map(({ field, start, end }) => ({
    field,
    start: encoder.encode(text.slice(0, start)).length,
    end: encoder.encode(text.slice(0, end)).length,
  }));
  let at = 0, isBeginning = true;
  return tokens.map((token) => {
    const isSpecial = token.special === true;
    // A special token stands for its name where the text has it, and for nothing where the tokenizer put it in.
    const own = isSpecial ? [...encoder.encode(token.text)] : token.bytes;
    const found = isBeginning ? foundAtBeginning(bytes, own, at) : foundAt(bytes, own, at);
    // The space too many may come as a token of its own, or at the end of those that the text has.
    isBeginning = isSpecial || isBeginning && own.every((byte) => byte === SPACE);
    if (found === undefined) return undefined;
    const { start } = found;
    at = found.end;
    // A space that the text does not have stands in no field.
    return at === start ? undefined : places.find((place) => start >= place.start && start < place.end)?.field;
  });
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function foundAt(text: Uint8Array, token: readonly number[], start: number): Place | undefined {
  const isHere = token.every((byte, index) => text[start + index] === byte);
  return isHere ? { start, end: start + token.length } : undefined;
}

function foundAtBeginning(text: Uint8Array, token: readonly number[], at: number): Place | undefined {
  const forms = token[0] === SPACE ? [token, token.slice(1)] : [token];
  for (const start of [at, pastWhitespace(text, at)]) {
    for (const form of forms) {
      const found = foundAt(text, form, start);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function pastWhitespace(text: Uint8Array, from: number): number {
  let at = from;
  while (WHITESPACE.has(text[at] ?? NaN)) at++;
  return at;
}
