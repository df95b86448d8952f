/** Long texts on pages that the server makes: their beginning, until somebody asks for all. */
import { type Prompt, promptPart } from "../../lm/prompt.ts";

/** Most characters of one text; a page shows a cell in three places, and 64 kB of it at most. */
export const LONG_CHARACTERS = 16_384;

/** The first characters of a text, and never half of one. */
export function beginning(text: string, most: number = LONG_CHARACTERS): string {
  if (text.length <= most) return text;
  const end = /[\uD800-\uDBFF]/.test(text[most - 1] ?? "") ? most - 1 : most;
  return text.slice(0, end);
}

/** A prompt's beginning, with the fields that lie in it. */
export function promptBeginning(prompt: Prompt, most: number = LONG_CHARACTERS): Prompt {
  const text = beginning(prompt.text, most);
  return text.length === prompt.text.length ? prompt : promptPart(prompt, 0, text.length);
}
