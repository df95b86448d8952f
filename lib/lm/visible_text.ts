/**
 * Text for the eye: what would be invisible, or would move other text, gets a mark of its own.
 * For views only; what a model receives is never changed.
 */

const NAMED: Readonly<Record<string, string>> = { "\n": "↵", "\t": "⇥", "\r": "␍", "\0": "␀", "\u00A0": "⍽" };

// Controls, separators, lone surrogates, and what is drawn as nothing or only formats (zero-width, bidi, tags, fillers,
// variation selectors). What belongs to what is seen stays: the joiner of emoji families, the signs around Arabic numbers,
// and one selector after a character that has variants: an emoji (for Unicode also 1, # and *), a Han ideograph, a letter of
// Mongolian.
const INVISIBLE =
  /(?![\u0600-\u0605\u06DD\u200D]|(?<=[\p{Emoji}\p{sc=Han}])[\uFE00-\uFE0F]|(?<=\p{sc=Han})[\u{E0100}-\u{E01EF}]|(?<=\p{sc=Mong})[\u180B-\u180D\u180F])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cf}\p{DI}\xA0]/gu;

/** @example visibleText("a\nb\u202E") is "a↵b⟨U+202E⟩" */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => NAMED[character] ?? codePointMark(character));
}

/** As `visibleText`, for text whose line ends and tabs are kept, since the view draws them. */
export function visibleLines(text: string): string {
  return text.replace(/[^\n\t]+/g, (part) => visibleText(part));
}

function codePointMark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
