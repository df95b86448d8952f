import type { LanguageModel } from "./model.ts";
import type { TokenId } from "./token.ts";

/**
 * Subtle: a tokenizer may have tokens that its model does not read, such as one that stands for an image.
 * @throws {RangeError} naming the first token that is none of the model's
 */
export function checkPromptIds(ids: readonly TokenId[], model: LanguageModel): void {
  const { vocabularySize } = model;
  const foreign = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
  if (foreign === undefined) return;
  const name = JSON.stringify(model.token(foreign).text);
  throw new RangeError(
    `Cannot read the prompt's token ${name} (id ${foreign}): the model's vocabulary ends at ${vocabularySize - 1}`,
  );
}
