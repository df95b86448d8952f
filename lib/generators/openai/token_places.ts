/** Where a server's tokens stand in the text that it was given: by their own bytes, not by what it says of places. */

/** From the first byte of a token to the first one after it. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

const SPACE = 0x20;
/** `<s>`, `<|begin_of_text|>`, `[CLS]`: what a server may put before a text. */
const SPECIAL = /^[<[].*[>\]]$/s;
const decoder = new TextDecoder();

/**
 * Lays the first tokens along the whole text; those after its end are not laid.
 * Subtle: servers that decode each token alone lose the space before a word, and some put a special token or a space
 * before the text, so a token may stand one space further on, and the first may have a space, or be, too much.
 * @returns one place for each token of the text; undefined where they do not add up to it
 * @example placesFrom(bytes of "a cat", bytes of ["<s>", "a", "cat", "."]) is [[0, 0], [0, 1], [1, 5]]
 */
export function placesFrom(text: Uint8Array, tokens: readonly (readonly number[])[]): readonly Place[] | undefined {
  const places = begun(text, tokens);
  const [first, ...rest] = tokens;
  if (places !== undefined || first === undefined || !isSpecial(first)) return places;
  const others = begun(text, rest);
  return others && [{ start: 0, end: 0 }, ...others];
}

function begun(text: Uint8Array, tokens: readonly (readonly number[])[]): readonly Place[] | undefined {
  const [first, ...rest] = tokens;
  return laid(text, tokens) ?? (first?.[0] === SPACE ? laid(text, [first.slice(1), ...rest]) : undefined);
}

function isSpecial(token: readonly number[]): boolean {
  return token.length === 0 || SPECIAL.test(decoder.decode(Uint8Array.from(token)));
}

function laid(text: Uint8Array, tokens: readonly (readonly number[])[]): readonly Place[] | undefined {
  const places: Place[] = [];
  let at = 0;
  for (const token of tokens) {
    if (at === text.length) break;
    const skipped = isAt(text, token, at) ? 0 : text[at] === SPACE && isAt(text, token, at + 1) ? 1 : undefined;
    if (skipped === undefined) return undefined;
    const end = at + skipped + token.length;
    places.push({ start: at, end });
    at = end;
  }
  return at === text.length ? places : undefined;
}

/**
 * As above for a server that does not tell the first token, and no token after the text: it is what the others leave.
 * @param rest all tokens but the first
 * @returns one place for each token, the first one's too; undefined where the others do not end the text
 */
export function placesBefore(text: Uint8Array, rest: readonly (readonly number[])[]): readonly Place[] | undefined {
  const places: Place[] = [];
  let at = text.length;
  let isDropping = !rest.some(hasSpace);
  // The space at the end of what is left is the one that the token after it has lost.
  const giveSpace = (to: Place) => {
    at--;
    places[places.length - 1] = { start: at, end: to.end };
  };
  for (const token of rest.toReversed()) {
    if (!isAt(text, token, at - token.length)) {
      const after = places.at(-1);
      if (after === undefined || text[at - 1] !== SPACE || !isAt(text, token, at - 1 - token.length)) return undefined;
      giveSpace(after);
      isDropping = true;
    }
    places.push({ start: at - token.length, end: at });
    at -= token.length;
  }
  // Subtle: what is left fits the first token with its last space too, so what the others show has to tell.
  const second = places.at(-1);
  if (second !== undefined && isDropping && text[at - 1] === SPACE) giveSpace(second);
  return [{ start: 0, end: at }, ...places.toReversed()];
}

function hasSpace(token: readonly number[]): boolean {
  return token[0] === SPACE || token.at(-1) === SPACE;
}

function isAt(text: Uint8Array, token: readonly number[], start: number): boolean {
  return start >= 0 && start + token.length <= text.length &&
    token.every((byte, index) => text[start + index] === byte);
}
