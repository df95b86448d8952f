/** A prompt as the tokens of a generator, for screens that show data and generate nothing. */
import type { Token } from "../../lm/token.ts";
import { cancelled, generationProblem } from "../generation_problem.ts";
import type { Requester } from "../app_state.ts";
import type { Place } from "../place.ts";

export interface PromptTokens {
  readonly tokens: readonly Token[];
  /** Absent when the generator does not tell. */
  readonly contextWindow?: number;
}

/**
 * Tokens of the place's generator.
 * @returns undefined without a generator, for one that cannot tokenize, and, unless `opens`, for one that is not open yet
 * @throws {ProblemError} 503 when it cannot be opened, 422 when it cannot tokenize this text,
 *   503 when the signal aborts
 */
export async function promptTokens(
  { state: { registry, client } }: Requester,
  { module, generator: name }: Place,
  text: string,
  opens: boolean,
  signal: AbortSignal,
): Promise<PromptTokens | undefined> {
  if (name === "" || !opens && !registry.isOpen(module.name, name)) return undefined;
  const generator = await registry.generator(module.name, name, client);
  const tokens = await generator.tokenize?.(text, signal).catch((error: unknown) => {
    if (signal.aborted) throw cancelled("tell the prompt's tokens");
    throw generationProblem(error, name);
  });
  if (tokens === undefined) return undefined;
  const { contextWindow } = generator.facts;
  return { tokens, ...(contextWindow === undefined ? {} : { contextWindow }) };
}
