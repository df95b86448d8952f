import type { Evidence } from "./evidence.ts";
import type { Token, TokenId } from "./token.ts";

/** The processors, in the order in which they act on a step's logits unless the params say otherwise. */
export const PROCESSORS = [
  "logit_bias",
  "repetition_penalty",
  "frequency_penalty",
  "presence_penalty",
  "temperature",
  "top_k",
  "top_p",
  "min_p",
] as const;
export type ProcessorName = typeof PROCESSORS[number];

/** A token with its place in one distribution. */
export interface Candidate {
  readonly token: Token;
  /** Natural logarithm of the raw probability, before any processor. */
  readonly logprob: number;
  /** 1 for the most probable in the raw distribution. */
  readonly rank: number;
  /** The first processor that removed it; then there is no final logprob. */
  readonly excludedBy?: ProcessorName;
  /** Natural logarithm of the probability from which the draw was made. */
  readonly finalLogprob?: number;
  /** Natural logprob after each of the step's processors, in their order, up to what removed it. Absent without any. */
  readonly stageLogprobs?: readonly number[];
  /** Gumbel noise that was added to the final logprob for the draw; the largest sum wins. Absent when greedy. */
  readonly noise?: number;
}

/** What one processor did at one step. */
export interface ProcessorLog {
  readonly name: ProcessorName;
  /** Candidates that it removed. */
  readonly removed: number;
  /** Probability, just before the processor acted, of what it removed. */
  readonly removedMass: number;
  /** Candidates left after it. */
  readonly kept: number;
}

/**
 * How a token was picked: the most probable, the largest of final logprob plus noise, or by hand where another one would
 * have been drawn.
 */
export type Draw =
  | { readonly kind: "greedy" }
  | { readonly kind: "forced" }
  /** A server drew it and does not tell how. */
  | { readonly kind: "remote" }
  | { readonly kind: "gumbel"; readonly noise: number; readonly finalLogprob: number };

/** One decode position: the distribution before and after the processors, and the choice. */
export interface Step {
  /** Which of the `n` completions, from 0. */
  readonly sequence: number;
  /** Position in the completion, from 0. */
  readonly position: number;
  readonly token: Token;
  /** Raw logprob of the chosen token; absent when a server gives none. */
  readonly logprob?: number;
  /** Absent without a logprob. */
  readonly rank?: number;
  /** Entropy of the raw distribution, in nats; the least that it can be where `evidence` bounds it, else absent with it. */
  readonly entropyNats?: number;
  /** The most probable candidates of the raw distribution and always the chosen one, by rank. */
  readonly top: readonly Candidate[];
  /**
   * Log of the summed raw probability of every token outside `top`; absent when there is none. Of a later page of
   * candidates those before it are left out here, and in the two below.
   */
  readonly restLogprob?: number;
  /** Vocabulary entries outside `top`; absent when the vocabulary's size is not known. */
  readonly restCount?: number;
  /** Log of the summed final probability of every token outside `top`; absent when none of them survived. */
  readonly restFinalLogprob?: number;
  /** log Σ exp(logit) of the raw logits: a candidate's logit is its logprob plus this. Absent when a server drew. */
  readonly logNormalizer?: number;
  readonly processors: readonly ProcessorLog[];
  readonly draw: Draw;
  /** Absent: the numbers are exact. */
  readonly evidence?: Evidence;
}

export type FinishReason = "stop" | "length" | "content_filter" | "cancelled" | "error" | "incomplete";

export interface Usage {
  /** Absent where a server does not say. */
  readonly promptTokens?: number;
  readonly completionTokens: number;
}

/**
 * Called as each request to a server that bills tokens is over, with what that server says it bills for it: of several
 * completions of one request with all of them, and what it writes unseen. Undefined where it does not say.
 */
export type OnBilled = (usage: Required<Usage> | undefined) => void;

/** What a generator yields while it works; each sequence ends with one `finish`. */
export type GeneratorEvent =
  /** The run waits for its turn: `position` others are served before it. None comes where nothing waits. */
  | { readonly type: "queue"; readonly position: number }
  | { readonly type: "prompt"; readonly tokens: readonly Token[] }
  | { readonly type: "warning"; readonly param: string; readonly message: string }
  | ({ readonly type: "step" } & Step)
  | {
    readonly type: "finish";
    readonly sequence: number;
    readonly reason: FinishReason;
    /** The completion's whole text: special tokens and a stop text left out. */
    readonly text: string;
    readonly usage: Usage;
  };

/** One token of a given text, scored under what stands before it. */
export interface ScoredToken {
  readonly token: Token;
  readonly logprob: number;
  readonly rank: number;
  readonly entropyNats: number;
  /** The most probable candidates at this position, by rank, and always the token itself. */
  readonly top: readonly Candidate[];
  readonly restLogprob?: number;
  readonly restCount?: number;
  /** Absent: the numbers are exact. */
  readonly evidence?: Evidence;
}

/** A next-token distribution without a choice. */
export interface Distribution {
  readonly prefix: readonly TokenId[];
  readonly candidates: readonly Candidate[];
  readonly entropyNats: number;
  readonly restLogprob?: number;
  readonly vocabularySize: number;
}

/** What went wrong, in the shape of RFC 9457 (`application/problem+json`). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Finds the log line. */
  readonly id: string;
  /** The field of the request at fault, such as `params.top_p`. */
  readonly field?: string;
}

/** What a run sends to the page: a generator's events, metrics, and exactly one `done` or `error` at its end. */
export type RunEvent =
  | GeneratorEvent
  | { readonly type: "metric"; readonly sequence: number; readonly name: string; readonly value?: number }
  | { readonly type: "error"; readonly problem: Problem }
  | { readonly type: "done"; readonly elapsedMs: number };
