import { Detokenizer } from "./detokenize.ts";
import type { FinishReason, GeneratorEvent, Step } from "./event.ts";
import type { LanguageModel } from "./model.ts";
import type { SamplingParams } from "./params.ts";
import { checkPromptIds } from "./prompt_ids.ts";
import { type Sampler, samplerOf } from "./sample.ts";
import type { Token, TokenId } from "./token.ts";

/** A prompt that leaves no room for a completion. */
export class PromptTooLongError extends RangeError {
  override readonly name = "PromptTooLongError";
  constructor(readonly promptTokens: number, readonly contextWindow: number) {
    super(
      `Cannot complete a prompt of ${promptTokens} tokens: the model's window is ${contextWindow} tokens, ` +
        `prompt and completion together`,
    );
  }
}

/** A bias of a token that the model does not have. */
export class BiasError extends RangeError {
  override readonly name = "BiasError";
}

/** A path that cannot be gone. */
export class PathError extends RangeError {
  override readonly name = "PathError";
}

export interface DecodeOptions {
  /** Candidates that each step carries. */
  readonly top: number;
  /** Tokens that every completion begins with, whatever would be drawn; their steps are told as any others. */
  readonly path?: readonly TokenId[] | undefined;
  /** Salt of the first completion's noise: a branch of completion k falls by the dice of k. */
  readonly firstSequence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The decode loop: `prompt` first, then one step of each open sequence in turn, and one `finish` a sequence.
 * It runs only as fast as it is pulled; an aborted signal ends it with `cancelled` finishes, not with an error.
 * @throws {PromptTooLongError} before anything is yielded
 */
export async function* decode(
  model: LanguageModel,
  prompt: string | readonly TokenId[],
  params: SamplingParams,
  options: DecodeOptions,
): AsyncGenerator<GeneratorEvent, void, void> {
  for await (const events of decodeRounds(model, prompt, params, options)) yield* events;
}

/** The same, a round at a time: first the prompt, then a step of each sequence that is still open. No round is empty. */
export async function* decodeRounds(
  model: LanguageModel,
  prompt: string | readonly TokenId[],
  params: SamplingParams,
  { top, path = [], firstSequence = 0, signal }: DecodeOptions,
): AsyncGenerator<readonly GeneratorEvent[], void, void> {
  const promptIds = typeof prompt === "string" ? model.encode(prompt) : prompt;
  checkPath(path, model);
  checkPrompt([...promptIds, ...path], model);
  checkBias(params, model);
  yield [{ type: "prompt", tokens: promptIds.map((id) => model.token(id)) }];

  const place: RoundPlace = { model, sampler: samplerOf(model), inPrompt: new Set(promptIds), top };
  const sequences = Array.from(
    { length: params.n },
    (_, index) => new Sequence(firstSequence + index, promptIds, path, params, model),
  );
  for (let open = sequences; open.length > 0; open = open.filter(({ reason }) => reason === undefined)) {
    yield await round(open, place, signal);
  }
}

interface RoundPlace {
  readonly model: LanguageModel;
  readonly sampler: Sampler;
  readonly inPrompt: ReadonlySet<TokenId>;
  readonly top: number;
}

/**
 * One step of each open sequence. All ask at once, so that a model can take them in one pass; and as long as none has
 * gone its own way, one asks for all.
 */
async function round(
  open: readonly Sequence[],
  { model, sampler, inPrompt, top }: RoundPlace,
  signal: AbortSignal | undefined,
): Promise<readonly GeneratorEvent[]> {
  const [first] = open;
  const shared = first?.isOnPath === true ? logitsUnlessAborted(model, first.prefix, signal) : undefined;
  const told = open.map(async (sequence): Promise<readonly GeneratorEvent[]> => {
    const logits = await (shared ?? logitsUnlessAborted(model, sequence.prefix, signal));
    // Subtle: the logits are read before anything else is awaited, as the model may then use their array again.
    if (logits === undefined) return sequence.cancel();
    const step = sequence.advance(sampler, logits, inPrompt, top);
    return [{ type: "step", ...step }, ...(sequence.reason === undefined ? [] : [sequence.finish()])];
  });
  return (await Promise.all(told)).flat();
}

/**
 * @throws {PromptTooLongError} when not one token fits after it
 * @throws {RangeError} when it is empty, or has a token that is none of the model's
 */
export function checkPrompt(promptIds: readonly TokenId[], model: LanguageModel): void {
  if (promptIds.length === 0) throw new RangeError("Cannot complete an empty prompt: expected at least one token");
  if (promptIds.length >= model.contextWindow) throw new PromptTooLongError(promptIds.length, model.contextWindow);
  checkPromptIds(promptIds, model);
}

/** @throws {PathError} for an id outside the vocabulary */
export function checkPath(path: readonly TokenId[], { vocabularySize }: LanguageModel): void {
  for (const id of path) {
    if (Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
    throw new PathError(`Cannot go to token id ${id}: the vocabulary ends at ${vocabularySize - 1}`);
  }
}

/** @throws {BiasError} for an id outside the vocabulary */
export function checkBias({ logitBias }: SamplingParams, { vocabularySize }: LanguageModel): void {
  for (const id of Object.keys(logitBias)) {
    if (Number(id) < vocabularySize) continue;
    throw new BiasError(`Cannot bias token id ${id}: the vocabulary ends at ${vocabularySize - 1}`);
  }
}

async function logitsUnlessAborted(
  model: LanguageModel,
  prefix: readonly TokenId[],
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  if (isAborted(signal)) return undefined;
  try {
    return await model.logits(prefix, signal);
  } catch (error) {
    if (isAborted(signal)) return undefined;
    throw error;
  }
}

/** Subtle: a call of its own, since the compiler takes a checked `aborted` for settled. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** One completion in the making. */
class Sequence {
  reason: FinishReason | undefined;
  readonly prefix: TokenId[];
  readonly #counts = new Map<TokenId, number>();
  readonly #detokenizer = new Detokenizer();
  readonly #promptTokens: number;
  #text = "";
  /** Where the stop text begins that ended it. */
  #stopAt: number | undefined;

  constructor(
    readonly index: number,
    prompt: readonly TokenId[],
    readonly path: readonly TokenId[],
    readonly params: SamplingParams,
    readonly model: LanguageModel,
  ) {
    this.prefix = [...prompt];
    this.#promptTokens = prompt.length;
  }

  get #position(): number {
    return this.prefix.length - this.#promptTokens;
  }

  /** True until the first token that is drawn: up to there all sequences of a run are the same. */
  get isOnPath(): boolean {
    return this.#position <= this.path.length;
  }

  cancel(): readonly GeneratorEvent[] {
    this.reason = "cancelled";
    return [this.finish()];
  }

  advance(sampler: Sampler, logits: Float32Array, inPrompt: ReadonlySet<TokenId>, top: number): Step {
    const step = sampler.step(logits, this.params, {
      sequence: this.index,
      position: this.#position,
      seen: { prompt: inPrompt, completion: this.#counts },
      top,
      forced: this.path[this.#position],
      token: (id) => this.model.token(id),
    });
    const { id } = step.token;
    this.prefix.push(id);
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    this.reason = this.#ending(step);
    return step;
  }

  finish(): GeneratorEvent {
    const text = this.#text + this.#detokenizer.flush();
    return {
      type: "finish",
      sequence: this.index,
      reason: this.reason ?? "incomplete",
      text: text.slice(0, this.#stopAt),
      usage: { promptTokens: this.#promptTokens, completionTokens: this.#position },
    };
  }

  #passed(token: Token): undefined {
    this.#text += this.#detokenizer.push(token);
  }

  #ending({ token }: Step): FinishReason | undefined {
    // Subtle: a path may go through a token that would end a completion.
    if (this.#position < this.path.length) return this.#passed(token);
    if (this.model.endIds.has(token.id)) return "stop";
    const before = this.#text.length;
    this.#text += this.#detokenizer.push(token);
    this.#stopAt = firstStop(this.#text, this.params.stop, before);
    if (this.#stopAt !== undefined) return "stop";
    const isFull = this.prefix.length >= this.model.contextWindow;
    return isFull || this.#position >= this.params.maxTokens ? "length" : undefined;
  }
}

/** Where the first stop text begins that ends after `before`; undefined when there is none. */
function firstStop(text: string, stops: readonly string[], before: number): number | undefined {
  const starts = stops.map((stop) => text.indexOf(stop, Math.max(0, before - stop.length + 1)))
    .filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}
