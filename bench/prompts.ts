/** Prompts that nobody has seen before, so that no cache of prefixes answers for the model. */
import type { Generator } from "../lib/generators/generator.ts";

/** Digits at the beginning of a story, so that it shares no prefix with another one. */
const NUMBER_LENGTH = 8;
const STORY =
  " Once upon a time there was a little girl. She had a red ball. One day she went to the park with her dog." +
  " The dog ran after the ball, and the girl ran after the dog. They played until it was dark.";
const STORY_TOKENS = 24;

/** A text of `length` tokens that a small model goes on with. */
export async function newStory({ tokenize }: Generator, length: number): Promise<string> {
  const text = newDigits(NUMBER_LENGTH) + STORY.repeat(Math.ceil(length / STORY_TOKENS));
  const tokens = await tokenize?.(text) ?? [];
  return tokens.slice(0, length).map((token) => token.text).join("");
}

/** Digits that fall by chance; models of GPT-2's kind are measured with them since a digit is a token there. */
export function newDigits(length: number): string {
  const numbers = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(numbers, (number) => number % 10).join("");
}

/** Tokens to take by hand: any of the vocabulary's, not those that a model holds to be probable. */
export function newTokens(count: number, vocabularySize: number): readonly number[] {
  const numbers = crypto.getRandomValues(new Uint32Array(count));
  // The first ones are often special, and so is the last one of GPT-2.
  return Array.from(numbers, (number) => 300 + number % (vocabularySize - 301));
}
