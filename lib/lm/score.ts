import type { Candidate, ScoredToken } from "./event.ts";
import { Distribution } from "./distribution.ts";
import { rankOf, topIds } from "./logits.ts";
import type { LanguageModel } from "./model.ts";
import { setFromModel } from "./model_logits.ts";
import { checkPromptIds } from "./prompt_ids.ts";
import type { TokenId } from "./token.ts";

/** A completion that cannot be scored. */
export class CompletionError extends RangeError {
  override readonly name = "CompletionError";
}

interface ScoreOptions {
  readonly top: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores a given completion under a prompt, teacher-forced on ids: prompt and completion are never joined as text, so the
 * border between them is where the caller put it.
 * @returns one entry for each id of `completion`
 * @throws {CompletionError} for an id outside the vocabulary, or when both together do not fit the window
 * @throws {RangeError} for a prompt that is empty, or has a token that is none of the model's
 */
export async function score(
  model: LanguageModel,
  prompt: readonly TokenId[],
  completion: readonly TokenId[],
  { top, signal }: ScoreOptions,
): Promise<readonly ScoredToken[]> {
  if (completion.length === 0) return [];
  if (prompt.length === 0) throw new RangeError("Cannot score under an empty prompt: expected at least one token");
  checkPromptIds(prompt, model);
  for (const id of completion) {
    if (Number.isInteger(id) && id >= 0 && id < model.vocabularySize) continue;
    throw new CompletionError(`Cannot score token id ${id}: the vocabulary ends at ${model.vocabularySize - 1}`);
  }
  if (prompt.length + completion.length > model.contextWindow) {
    throw new CompletionError(
      `Cannot score ${completion.length} tokens after a prompt of ${prompt.length}: the model's window is ` +
        `${model.contextWindow} tokens, both together`,
    );
  }

  const distribution = new Distribution(model.vocabularySize);
  const scored: ScoredToken[] = [];
  const visit = (logits: Float32Array) => {
    const id = completion[scored.length];
    if (id === undefined) return;
    const ids = topIds(logits, top);
    scored.push(scoreToken(model, setFromModel(distribution, logits, scored.length, ids[0]), id, ids));
  };
  // The last token of the completion is scored, but nothing is scored after it.
  const sequence = [...prompt, ...completion.slice(0, -1)];
  if (model.eachLogits !== undefined) {
    await model.eachLogits(sequence, prompt.length - 1, visit, signal);
    return scored;
  }
  for (let length = prompt.length; length <= sequence.length; length++) {
    signal?.throwIfAborted();
    visit(await model.logits(sequence.slice(0, length), signal));
  }
  return scored;
}

/** @param ids the most probable ones, by rank */
function scoreToken(
  model: LanguageModel,
  distribution: Distribution,
  id: TokenId,
  ids: readonly TokenId[],
): ScoredToken {
  const { entropyNats, logits } = distribution;
  const rank = rankOf(logits, id);
  const told = ids.includes(id) ? ids : [...ids, id];
  const rest = distribution.restLogprob(told);
  return {
    token: model.token(id),
    logprob: distribution.logprob(id),
    rank,
    entropyNats,
    top: told.map((of, place): Candidate => ({
      token: model.token(of),
      logprob: distribution.logprob(of),
      rank: of === id ? rank : place + 1,
    })),
    ...(rest === undefined ? {} : { restLogprob: rest }),
    restCount: model.vocabularySize - told.length,
  };
}

/** Sum of −logprob, in nats. */
export function nll(logprobs: readonly number[]): number {
  return logprobs.reduce((sum, logprob) => sum - logprob, 0);
}

/** exp(mean −logprob); undefined without tokens. @example of p 0.5 and 0.25 it is √8 ≈ 2.828 */
export function perplexity(logprobs: readonly number[]): number | undefined {
  return logprobs.length === 0 ? undefined : Math.exp(nll(logprobs) / logprobs.length);
}

/** The first position at which the given token is not the model's most probable; undefined when there is none. */
export function firstDeparture(tokens: readonly Pick<ScoredToken, "rank">[]): number | undefined {
  const index = tokens.findIndex(({ rank }) => rank > 1);
  return index < 0 ? undefined : index;
}
