/** What every driver of an ONNX graph is to the app: a language model with a tokenizer, and a cache that can be counted. */
import type { Message } from "../../lm/message.ts";
import { brokenLogits, LogitsError } from "../../lm/model_logits.ts";
import type { LanguageModel, VisitLogits } from "../../lm/model.ts";
import type { TokenId } from "../../lm/token.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface ModelOptions {
  readonly tokenizer: Tokenizer;
  readonly endIds: ReadonlySet<TokenId>;
  readonly contextWindow: number;
  /** Heads of keys and values, and the width of one. */
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly kvBytes: number;
}

export interface CacheSize {
  readonly bytes: number;
  /** Prefixes that are kept. */
  readonly size: number;
}

/** Tokens of one forward pass of a prefill whose logits are all computed; between passes a cancel is noticed. */
export const CHUNK = 64;

export const PAST = "past_key_values.";
export const PRESENT = "present.";

/** A dimension of a graph's input, where it has one size. Subtle: the runtime has a name, or −1, for what is left open. */
export function fixedSize(dim: number | string | undefined): number | undefined {
  return typeof dim === "number" && dim > 0 ? dim : undefined;
}

export abstract class OnnxModel implements LanguageModel {
  readonly contextWindow: number;
  readonly endIds: ReadonlySet<TokenId>;
  readonly #tokenizer: Tokenizer;

  constructor(options: ModelOptions, readonly vocabularySize: number) {
    this.#tokenizer = options.tokenizer;
    this.contextWindow = options.contextWindow;
    this.endIds = options.endIds;
  }

  /** Forward passes so far. */
  abstract get passes(): number;
  abstract get cache(): CacheSize;
  /** Most prefixes that one pass takes. */
  abstract get rows(): number;
  /** Why a pass takes one prefix; absent where it takes several. */
  abstract get alone(): string | undefined;
  /** Whether nobody waits for it. */
  abstract get isIdle(): boolean;
  /** Told when no run is open and nobody waits: what only runs that went on needed may go. */
  abstract rest(): void;
  /** Refuses whatever is asked from now on, and lets go of the session. */
  abstract close(): Promise<void>;
  abstract logits(prefix: readonly TokenId[], signal?: AbortSignal, isTried?: boolean): Promise<Float32Array>;
  abstract eachLogits(
    sequence: readonly TokenId[],
    from: number,
    visit: VisitLogits,
    signal?: AbortSignal,
  ): Promise<void>;

  encode(text: string): readonly TokenId[] {
    return this.#tokenizer.encode(text);
  }

  get hasChatTemplate(): boolean {
    return this.#tokenizer.hasChatTemplate;
  }

  renderChat(messages: readonly Message[]): string {
    return this.#tokenizer.renderChat(messages);
  }

  encodeContinuation(text: string): readonly TokenId[] {
    return this.#tokenizer.encodeContinuation(text);
  }

  token(id: TokenId) {
    return this.#tokenizer.token(id);
  }
}

/**
 * Whether what a pass has left in the cache is no numbers, as the logits of one position tell.
 * Subtle: a hidden state that is NaN, of which keys and values are made too, makes every logit NaN.
 */
export function isSpoiled([first]: Float32Array): boolean {
  return Number.isNaN(first);
}

/** @throws {LogitsError} when the logits after a token id of 0 are no distribution */
export function checkFirstLogits(logits: Float32Array): void {
  const problem = brokenLogits(logits);
  if (problem !== undefined) throw new LogitsError(`Cannot use the model's logits after the token id 0: ${problem}`);
}

/** @throws {TypeError} when the graph gives fewer logits than its tokenizer's own vocabulary; more are padding */
export function checkVocabulary(logits: number, tokenizer: Tokenizer): void {
  const tokens = tokenizer.sizeWithin(logits);
  if (logits >= tokens) return;
  throw new TypeError(`Cannot use the model: it gives ${logits} logits, but its tokenizer has ${tokens} tokens`);
}
