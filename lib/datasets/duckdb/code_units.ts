/**
 * Texts as a database can hold them. JavaScript's are any UTF-16 code units, compared unit by unit; the database's are
 * valid UTF-8, compared byte by byte. One code point for each unit makes both the same: lone surrogates survive, order and
 * "is part of" are kept, and a length is the number of units.
 *
 * Units below the surrogates stay as they are, so that nearly all texts do; the others move above all of them.
 */

const FIRST_SURROGATE = 0xd800;
const MOVED_TO = 0x10000;
const MOVED = /[\ud800-\uffff]/;

/** @example toCodePoints("a\ud800") is "a\u{10000}" */
export function toCodePoints(text: string): string {
  if (!MOVED.test(text)) return text;
  let points = "";
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    points += String.fromCodePoint(unit < FIRST_SURROGATE ? unit : unit - FIRST_SURROGATE + MOVED_TO);
  }
  return points;
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
