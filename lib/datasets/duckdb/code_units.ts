/**
 * Texts as a database can hold them. JavaScript's are any UTF-16 code units, compared unit by unit; the database's are
 * valid UTF-8, compared byte by byte. One code point for each unit makes both the same: lone surrogates survive, order and
 * "is part of" are kept, and a length is the number of units.
 *
 * Units below the surrogates stay as they are, so that nearly all texts do; the others move above all of them.
 */

export const FIRST_SURROGATE = 0xd800;
export const MOVED_TO = 0x10000;
const MOVED = /[\ud800-\uffff]/, ALL_MOVED = /[\ud800-\uffff]/g;

const scratch = new Uint8Array(2 ** 16);
const encoder = new TextEncoder();
const ASCII = /^[\0-\x7f]*$/;

/** Whether each unit is one byte. Subtle: to write the bytes is several times as quick as to ask a pattern. */
export function isAscii(text: string): boolean {
  if (text.length > scratch.length) return ASCII.test(text);
  const { read, written } = encoder.encodeInto(text, scratch);
  return read === text.length && written === read;
}

/** @example toCodePoints("a\ud800") is "a\u{10000}" */
export function toCodePoints(text: string): string {
  if (!MOVED.test(text)) return text;
  return text.replace(ALL_MOVED, (unit) => String.fromCodePoint(unit.charCodeAt(0) - FIRST_SURROGATE + MOVED_TO));
}

/** The text of which `toCodePoints` made these. */
export function fromCodePoints(points: string): string {
  if (!MOVED.test(points)) return points;
  let text = "";
  for (const point of points) {
    const code = point.codePointAt(0) ?? 0;
    text += String.fromCharCode(code < MOVED_TO ? code : code - MOVED_TO + FIRST_SURROGATE);
  }
  return text;
}
