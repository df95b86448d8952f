/**
 * Text for the eye: what would be invisible, or would move other text, gets a mark of its own.
 * For views only; what a model receives is never changed.
 */

const NAMED: Readonly<Record<string, string>> = { "\n": "↵", "\t": "⇥", "\r": "␍", "\0": "␀", "\u00A0": "⍽" };

// Controls, soft hyphen, zero-width and bidi characters, separators, tags, BOM; variation selectors and the joiner of
// emoji families stay, since they belong to what is seen.
const INVISIBLE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001F\u007F-\u00A0\u00AD\u061C\u180E\u200B\u200C\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Surrogate}|[\u{E0000}-\u{E007F}]/gu;

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
