/** The benchmark's prompts, both as text and as ids. */
import { newDigits } from "../prompts.ts";
import type { Prompt } from "./protocol.ts";

/** Ids of the benchmark's vocabulary begin with this character; its words have no digits, so that each is a token. */
const FIRST = "!";

export function newPrompt(length: number): Prompt {
  return promptOf(newDigits(length));
}

export function promptOf(text: string): Prompt {
  return { text, ids: Array.from(text, (letter) => letter.charCodeAt(0) - FIRST.charCodeAt(0)) };
}
