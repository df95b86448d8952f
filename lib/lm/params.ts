import { type ProcessorName, PROCESSORS } from "./event.ts";

/** What a user may turn to change how tokens are drawn from a model's distributions. */
export interface SamplingParams {
  /** Divides the logits; 0 takes the most probable token. */
  readonly temperature: number;
  /** Keeps the smallest set of candidates whose probabilities sum to at least this; 1 keeps all. */
  readonly topP: number;
  /** Keeps this many most probable candidates; 0 keeps all. */
  readonly topK: number;
  /** Drops candidates less probable than this times the most probable; 0 keeps all. */
  readonly minP: number;
  /** Divides positive (multiplies negative) logits of tokens already in prompt or completion; 1 changes nothing. */
  readonly repetitionPenalty: number;
  /** Subtracted from a token's logit once for each time it is already in the completion. */
  readonly frequencyPenalty: number;
  /** Subtracted once from the logit of each token that is already in the completion. */
  readonly presencePenalty: number;
  /** Added to the logits of these token ids; `-Infinity` bans a token. */
  readonly logitBias: Readonly<Record<number, number>>;
  /** The order in which the processors act: each of `PROCESSORS` once. */
  readonly order: readonly ProcessorName[];
  /** Most tokens in a completion. */
  readonly maxTokens: number;
  /** Texts that end a completion; the text itself is not part of it. */
  readonly stop: readonly string[];
  readonly seed: number;
  /** Number of completions. */
  readonly n: number;
}

export const DEFAULT_PARAMS: SamplingParams = {
  temperature: 1,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  logitBias: {},
  order: PROCESSORS,
  maxTokens: 64,
  stop: [],
  seed: 0,
  n: 1,
};

/** Bounds (inclusive) and slider step of a numeric param. */
export interface ParamRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly integer: boolean;
}

export type NumericParam = Exclude<keyof SamplingParams, "stop" | "logitBias" | "order">;

/** The one table of what each numeric param may be; forms and validation read it, and a test holds the docs to it. */
export const PARAM_RANGES: Readonly<Record<NumericParam, ParamRange>> = {
  temperature: { min: 0, max: 2, step: 0.05, integer: false },
  topP: { min: 0.01, max: 1, step: 0.01, integer: false },
  topK: { min: 0, max: 200, step: 1, integer: true },
  minP: { min: 0, max: 1, step: 0.01, integer: false },
  repetitionPenalty: { min: 0.5, max: 2, step: 0.05, integer: false },
  frequencyPenalty: { min: -2, max: 2, step: 0.1, integer: false },
  presencePenalty: { min: -2, max: 2, step: 0.1, integer: false },
  maxTokens: { min: 1, max: 4096, step: 1, integer: true },
  seed: { min: 0, max: 4294967295, step: 1, integer: true },
  n: { min: 1, max: 16, step: 1, integer: true },
};

export const STOP_LIMIT = { count: 8, characters: 64 } as const;
