/** The distribution after a prompt and the tokens chosen so far: what stepping by hand is made of. */
import { checkBias, checkPath, checkPrompt, PathError } from "./decode.ts";
import type { Candidate, OnBilled, Step } from "./event.ts";
import { topIds } from "./logits.ts";
import type { Message } from "./message.ts";
import type { LanguageModel } from "./model.ts";
import type { SamplingParams } from "./params.ts";
import { samplerOf } from "./sample.ts";
import type { Token, TokenId } from "./token.ts";
import { tokenSearch } from "./token_search.ts";

export interface NextRequest {
  readonly prompt: string;
  /** The conversation that `prompt` was rendered from, for generators that take turns as they are. */
  readonly messages?: readonly Message[] | undefined;
  /** Tokens chosen after the prompt. */
  readonly path: readonly TokenId[];
  /** Text to go on with after the path; its tokens become part of the path. */
  readonly append?: string | undefined;
  /** The expected completion, so that its next token can be named. */
  readonly target?: string | undefined;
  /** Tokens to name besides, as `tokenSearch` reads it. */
  readonly find?: string | undefined;
  readonly params: SamplingParams;
  /** Which completion's dice fall, from 0; default the first. */
  readonly sequence?: number | undefined;
  /** Candidates to leave out and to give, by raw rank. */
  readonly offset: number;
  readonly limit: number;
  /** False for who has the prompt's tokens from an earlier step: of a long prompt they are most of an answer. */
  readonly tellsPrompt?: boolean | undefined;
  readonly onBilled?: OnBilled;
}

export interface NextToken {
  /** Absent where the request said that it is known. */
  readonly prompt?: readonly Token[];
  readonly path: readonly Token[];
  /** True when the path's last token ends a completion. */
  readonly isEnded: boolean;
  /** What these params and this seed would take here; `top` holds the asked candidates, and the token itself. */
  readonly step: Step;
  readonly offset: number;
  /** Absent when a server does not tell. */
  readonly vocabularySize?: number;
  /** The target's next token; absent when there is none, or the path has left the target. */
  readonly target?: Candidate;
  /** By raw rank; absent when nothing was looked for. */
  readonly found?: readonly Candidate[];
}

const MOST_FOUND = 50;
/** Distributions that are remembered: a few steps, each with what it leads to. */
const REMEMBERED = 64;

/** @throws {PathError} when no token fits after prompt and path */
function checkLength(prompt: readonly TokenId[], path: readonly TokenId[], { contextWindow }: LanguageModel): void {
  if (prompt.length + path.length < contextWindow) return;
  throw new PathError(
    `Cannot go ${path.length} tokens past a prompt of ${prompt.length}: the model's window is ${contextWindow} tokens, ` +
      `both together and one more to choose`,
  );
}

/** The rest of a step together with those of its candidates that are named elsewhere. */
function restWith(
  { top, restCount = 0, restLogprob, restFinalLogprob }: Step,
  isFurther: (candidate: Candidate) => boolean,
): Pick<Step, "restCount" | "restLogprob" | "restFinalLogprob"> {
  const further = top.filter(isFurther);
  if (further.length === 0) return {};
  const raw = sumOf([restLogprob, ...further.map(({ logprob }) => logprob)]);
  const final = sumOf([restFinalLogprob, ...further.map(({ finalLogprob }) => finalLogprob)]);
  return {
    restCount: restCount + further.length,
    ...(raw === undefined ? {} : { restLogprob: raw }),
    ...(final === undefined ? {} : { restFinalLogprob: final }),
  };
}

/** log Σ exp(logprob); undefined where there is no probability. Subtle: from the largest, as the least vanish by themselves. */
function sumOf(logprobs: readonly (number | undefined)[]): number | undefined {
  const given = logprobs.filter((logprob) => logprob !== undefined);
  const most = Math.max(...given);
  return most > -Infinity
    ? most + Math.log(given.reduce((sum, logprob) => sum + Math.exp(logprob - most), 0))
    : undefined;
}

/** Steps over one model. Distributions just seen are remembered, so that other params and steps back cost no pass. */
export class NextTokens {
  readonly #model: LanguageModel;
  /** Prefix → its logits, least recently used first. */
  readonly #seen = new Map<string, Float32Array>();

  constructor(model: LanguageModel) {
    this.#model = model;
  }

  /**
   * @throws {PathError} for an id outside the vocabulary, {BiasError} for a biased one, {PatternError} for one to find
   * @throws {PromptTooLongError} when the prompt fills the window, {PathError} when the path goes past it
   */
  async at(request: NextRequest, signal?: AbortSignal): Promise<NextToken> {
    const model = this.#model;
    const promptIds = model.encode(request.prompt);
    const path = [...request.path, ...this.#continuation(request.append)];
    checkPath(path, model);
    checkBias(request.params, model);
    const prefix = [...promptIds, ...path];
    checkPrompt(promptIds, model);
    checkLength(promptIds, path, model);
    const logits = await this.#logits(prefix, signal);
    const targetId = this.#targetAfter(path, request.target);
    const foundIds = request.find === undefined ? [] : this.#matching(request.find, logits);
    const also = targetId === undefined ? foundIds : [targetId, ...foundIds];
    const step = this.#step(logits, promptIds, path, request, also);
    const candidate = (id: TokenId) => step.top.filter(({ token }) => token.id === id);
    const [target] = targetId === undefined ? [] : candidate(targetId);
    const { offset, limit } = request;
    const isShown = ({ rank, token }: Candidate) =>
      (rank > offset && rank <= offset + limit) || token.id === step.token.id;
    return {
      ...(request.tellsPrompt === false ? {} : { prompt: promptIds.map((id) => model.token(id)) }),
      path: path.map((id) => model.token(id)),
      isEnded: model.endIds.has(path.at(-1) ?? -1),
      step: {
        ...step,
        top: step.top.filter(isShown),
        ...restWith(step, (each) => !isShown(each) && each.rank > offset),
      },
      offset,
      vocabularySize: model.vocabularySize,
      ...(target === undefined ? {} : { target }),
      ...(request.find === undefined ? {} : { found: foundIds.flatMap(candidate) }),
    };
  }

  /**
   * Remembers the distributions that the `count` most probable tokens after a request's prefix lead to, the most probable
   * first, so that a step to one of them costs no pass. What is remembered already is left as it is.
   * @throws the signal's reason, or what a pass throws
   */
  async lookAhead(request: NextRequest, count: number, signal: AbortSignal): Promise<void> {
    const model = this.#model;
    const prefix = [...model.encode(request.prompt), ...request.path, ...this.#continuation(request.append)];
    const logits = this.#seen.get(prefix.join());
    if (logits === undefined || prefix.length + 1 >= model.contextWindow) return;
    const ahead = topIds(logits, count).map((id) => [...prefix, id]).filter((ids) => !this.#seen.has(ids.join()));
    const { rows = 1 } = model;
    for (let from = 0; from < ahead.length; from += rows) {
      signal.throwIfAborted();
      await Promise.all(ahead.slice(from, from + rows).map((ids) => this.#logits(ids, signal)));
    }
  }

  #step(
    logits: Float32Array,
    promptIds: readonly TokenId[],
    path: readonly TokenId[],
    { params, sequence = 0, offset, limit }: NextRequest,
    also: readonly TokenId[],
  ): Step {
    const counts = new Map<TokenId, number>();
    for (const id of path) counts.set(id, (counts.get(id) ?? 0) + 1);
    return samplerOf(this.#model).step(logits, params, {
      sequence,
      position: path.length,
      seen: { prompt: new Set(promptIds), completion: counts },
      top: Math.min(offset + limit, this.#model.vocabularySize),
      also,
      token: (id) => this.#model.token(id),
    });
  }

  async #logits(prefix: readonly TokenId[], signal: AbortSignal | undefined): Promise<Float32Array> {
    const key = prefix.join();
    const known = this.#seen.get(key);
    // Subtle: the model's array is its own until the next call, so what is remembered is a copy.
    const logits = known ?? (await this.#model.logits(prefix, signal, true)).slice();
    this.#seen.delete(key);
    this.#seen.set(key, logits);
    const oldest = this.#seen.keys().next().value;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
    return logits;
  }

  #continuation(text: string | undefined): readonly TokenId[] {
    if (text === undefined || text === "") return [];
    return this.#model.encodeContinuation?.(text) ?? this.#model.encode(text);
  }

  #targetAfter(path: readonly TokenId[], target: string | undefined): TokenId | undefined {
    const ids = this.#continuation(target);
    const next = path.every((id, index) => id === ids[index]) ? ids[path.length] : undefined;
    // Subtle: a tokenizer may have tokens that its model never gives.
    return next !== undefined && next < this.#model.vocabularySize ? next : undefined;
  }

  #matching(wanted: string, logits: Float32Array): readonly TokenId[] {
    const isWanted = tokenSearch(wanted);
    const masked = logits.map((logit, id) => isWanted(this.#model.token(id)) ? logit : -Infinity);
    const found = topIds(masked, MOST_FOUND).filter((id) => (masked[id] ?? -Infinity) > -Infinity);
    // Subtle: more tokens than are named may hold the digits of an id in their text.
    const byId = /^\d{1,15}$/.test(wanted) ? Number(wanted) : NaN;
    return byId < logits.length && !found.includes(byId) ? [...found.slice(0, MOST_FOUND - 1), byId] : found;
  }
}
