/**
 * Text for the eye: what would be invisible, or would move other text, gets a mark of its own.
 * For views only; what a model receives is never changed.
 */

const NAMED: Readonly<Record<string, string>> = { "\n": "↵", "\t": "⇥", "\r": "␍", "\0": "␀", "\u00A0": "⍽" };

// Controls, separators, lone surrogates, and what only formats (zero-width, bidi, tags). The joiner of emoji families and
// the signs around Arabic numbers stay, since they belong to what is seen.
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00A0\u2065]|(?![\u0600-\u0605\u06DD\u200D])\p{Cf}/gu;

/** @example visibleText("a\nb\u202E") is "a↵b⟨U+202E⟩" */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => NAMED[character] ?? codePointMark(character));
}

/** As `visibleText`, for text whose line ends and tabs are kept, since the view draws them. */
export function visibleLines(text: string): string {
  return text.split(/([\n\t])/).map((part) => part === "\n" || part === "\t" ? part : visibleText(part)).join("");
}

function codePointMark(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
