/** Stop texts as a person types them: one a line, with `\n`, `\t`, `\r` and `\\` for what a line cannot hold. */

/** @example parseStopTexts("\\n\n###") is ["\n", "###"] */
export function parseStopTexts(typed: string): readonly string[] {
  return typed.split(/\r?\n/).filter((line) => line !== "").map((line) =>
    line.replace(/\\([ntr\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter)
  );
}

/** The inverse of `parseStopTexts`. */
export function formatStopTexts(stop: readonly string[]): string {
  return stop.map((text) =>
    text.replace(/[\n\t\r\\]/g, (character) => `\\${character === "\\" ? "\\" : LETTERS[character] ?? ""}`)
  ).join("\n");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\" };
const LETTERS: Readonly<Record<string, string>> = { "\n": "n", "\t": "t", "\r": "r" };
