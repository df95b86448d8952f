/** What the page server and the worker that owns a model say to each other. */
import type { GeneratorEvent, ProcessorName, ScoredToken } from "../../lm/event.ts";
import { BiasError, PathError, PromptTooLongError } from "../../lm/decode.ts";
import type { Message } from "../../lm/message.ts";
import { LogitsError } from "../../lm/model_logits.ts";
import type { NextRequest, NextToken } from "../../lm/next.ts";
import { NoCandidateError } from "../../lm/sample.ts";
import { CompletionError } from "../../lm/score.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import type { GenerateRequest, GeneratorFacts, LoadProgress } from "../generator.ts";
import { MemoryError } from "./memory_error.ts";
import type { OnnxSettings } from "./settings.ts";

export type Precision = "fp32" | "fp16" | "q8" | "int8" | "uint8" | "q4" | "q4f16" | "bnb4";
export type Device = "cpu" | "cuda" | "webgpu" | "auto";

/** Which model, and how it shall run. */
export interface LoadRequest {
  /** Folder of the model. */
  readonly path: string;
  readonly precision: Precision;
  readonly device: Device;
  readonly settings: OnnxSettings;
  readonly cacheDir: string;
}

/**
 * A request of the main side. `generate` only opens a run: the main side then pulls its rounds of steps, a few ahead of its
 * reader, which gives backpressure, and cancellation between steps.
 */
export type Request =
  | { readonly type: "load"; readonly request: LoadRequest }
  | { readonly type: "tokenize"; readonly text: string }
  | {
    readonly type: "score";
    readonly prompt: string | readonly TokenId[];
    readonly completion: string | readonly TokenId[];
    readonly top: number;
  }
  | { readonly type: "render"; readonly messages: readonly Message[] }
  | { readonly type: "next"; readonly request: NextRequest }
  | { readonly type: "generate"; readonly request: Omit<GenerateRequest, "signal"> }
  | { readonly type: "pull"; readonly run: number }
  /** Stops a run, or what another request is still computing. */
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "stats" }
  /** Gives up what is being done, and lets go of the model. */
  | { readonly type: "close" };

export interface EngineStats {
  /** Forward passes so far. */
  readonly passes: number;
  /** All memory for keys and values, with what passes keep beside. */
  readonly cacheBytes: number;
  readonly cacheEntries: number;
  readonly openRuns: number;
}

/** A step with the ids of what stands before it; whose tokens they are was told. */
export interface NextIds extends Omit<NextToken, "prompt" | "path"> {
  readonly prompt?: readonly TokenId[];
  readonly path: readonly TokenId[];
}

/** What a model tells of itself once it is open. */
export interface OpenedFacts {
  readonly facts: GeneratorFacts;
  readonly hasChatTemplate: boolean;
}

/** Request type → what answers it. */
export interface Answers {
  readonly load: OpenedFacts;
  readonly tokenize: readonly TokenId[];
  readonly score: readonly ScoredToken[];
  readonly next: NextIds;
  readonly render: string;
  /** Number of the run. */
  readonly generate: number;
  /** The next round's events; none when the run is over. */
  readonly pull: readonly GeneratorEvent[];
  /** As it was when the cancel came. */
  readonly cancel: EngineStats;
  readonly stats: EngineStats;
  readonly close: undefined;
}

export type Answer<Type extends Request["type"] = Request["type"]> = Answers[Type];

export type Envelope = { readonly id: number; readonly request: Request };

export type Reply =
  /** `news` are tokens that this answer or a later one names by their ids. */
  | { readonly id: number; readonly ok: true; readonly answer: Answer; readonly news: readonly Token[] }
  | { readonly id: number; readonly ok: false; readonly fault: Fault }
  | { readonly id: number; readonly progress: LoadProgress };

/** An error as plain data, so that it keeps its kind across the border. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly lengths?: { readonly promptTokens: number; readonly contextWindow: number };
  readonly processor?: ProcessorName;
}

export function faultOf(error: unknown): Fault {
  if (error instanceof PromptTooLongError) {
    const { promptTokens, contextWindow } = error;
    return { name: error.name, message: error.message, lengths: { promptTokens, contextWindow } };
  }
  if (error instanceof NoCandidateError) {
    return { name: error.name, message: error.message, processor: error.processor };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: "Error", message: String(error) };
}

export function errorOf(fault: Fault): Error {
  if (fault.lengths !== undefined) {
    return new PromptTooLongError(fault.lengths.promptTokens, fault.lengths.contextWindow);
  }
  if (fault.processor !== undefined) return new NoCandidateError(fault.processor);
  if (fault.name === "CompletionError") return new CompletionError(fault.message);
  if (fault.name === "BiasError") return new BiasError(fault.message);
  if (fault.name === "PathError") return new PathError(fault.message);
  if (fault.name === "MemoryError") return new MemoryError(fault.message);
  if (fault.name === "LogitsError") return new LogitsError(fault.message);
  if (fault.name === "RangeError") return new RangeError(fault.message);
  if (fault.name === "SyntaxError") return new SyntaxError(fault.message);
  if (fault.name === "NotFound") return new Deno.errors.NotFound(fault.message);
  return new Error(fault.message);
}
