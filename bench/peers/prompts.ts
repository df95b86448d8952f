/** Prompts that nobody has seen before, so that no cache of prefixes answers for the model. */
import type { Prompt } from "./protocol.ts";

/** The benchmark's vocabulary has no words of these, so that each is a token of its own. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/** Ids of a byte-level vocabulary begin with this character. */
const FIRST = "!";

export function newPrompt(length: number): Prompt {
  const numbers = crypto.getRandomValues(new Uint8Array(length));
  const text = Array.from(numbers, (number) => LETTERS[number % LETTERS.length]).join("");
  return { text, ids: Array.from(text, (letter) => letter.charCodeAt(0) - FIRST.charCodeAt(0)) };
}

/** Tokens to take by hand: any, not those that a model holds to be probable. */
export function newTokens(count: number): readonly number[] {
  return Array.from(crypto.getRandomValues(new Uint16Array(count)), (number) => 300 + number % 40_000);
}
