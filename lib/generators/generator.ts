import type { GeneratorEvent, OnBilled, ScoredToken } from "../lm/event.ts";
import type { Message } from "../lm/message.ts";
import type { NextRequest, NextToken } from "../lm/next.ts";
import type { SamplingParams } from "../lm/params.ts";
import type { Token, TokenId } from "../lm/token.ts";

/** Where a generator is while it loads; `fraction` is 0–1 of its file, absent when the size is unknown. */
export interface LoadProgress {
  readonly phase: "download" | "load" | "ready";
  readonly file?: string;
  readonly fraction?: number;
}

/** What opening a generator needs to know of the world. */
export interface OpenContext {
  /** Folder of the module's file; relative paths start here. */
  readonly baseUrl: URL;
  /** Folder the app was started from; tried after `baseUrl`. */
  readonly rootUrl: URL;
  /** Folder for downloaded files. */
  readonly cacheDir: string;
  /** Where models are downloaded from, `https://huggingface.co` unless told otherwise. */
  readonly hubHost?: string;
  /** A setting of the environment, for keys and addresses; absent ones are undefined. */
  readonly env?: (name: string) => string | undefined;
  /** Whether strangers reach the app; then only the environment may name addresses of its own network. */
  readonly isPublic?: boolean;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts when the app ends: what is still being opened then is given up. */
  readonly signal?: AbortSignal;
}

/** A generator as a module names it: a value without side effects, opened on first use. */
export interface GeneratorSource {
  /** `onnx`, `table`, `openai` … */
  readonly kind: string;
  /** What the user wrote: a folder, a hub id, a model name. */
  readonly label: string;
  open(context: OpenContext): Promise<Generator>;
  /** Cheap look, at start-up, whether opening can work. @throws with the message to show when it cannot */
  check?(context: OpenContext): Promise<void>;
}

/** What is shown beside a generator's name. */
export interface GeneratorFacts {
  readonly parameters?: number;
  /** `fp32`, `fp16`, `int8`, `4-bit` … */
  readonly precision?: string;
  /** How far that precision was measured to move its numbers, in words. */
  readonly precisionNote?: string;
  /** `cpu`, `cuda`, `webgpu`, or a host. */
  readonly device: string;
  /** How the model is called, where there are several ways: `native`, `binding`. */
  readonly driver?: string;
  readonly vocabularySize?: number;
  /** Most tokens of prompt and completion together. */
  readonly contextWindow?: number;
  /** What else was found out of it, in words. */
  readonly notes?: readonly string[];
}

export interface GenerateRequest {
  readonly prompt: string;
  /** The conversation that `prompt` was rendered from, for generators that take turns as they are. */
  readonly messages?: readonly Message[] | undefined;
  /** Tokens that every completion begins with. */
  readonly path?: readonly TokenId[] | undefined;
  /** Salt of the first completion's noise; default 0. */
  readonly firstSequence?: number | undefined;
  readonly params: SamplingParams;
  /** Candidates that each step carries. */
  readonly top: number;
  readonly signal?: AbortSignal;
  readonly onBilled?: OnBilled;
}

export interface ScoreRequest {
  /** Text, or the exact ids. */
  readonly prompt: string | readonly TokenId[];
  /** Text, or the exact ids. */
  readonly completion: string | readonly TokenId[];
  readonly top: number;
  readonly signal?: AbortSignal;
  readonly onBilled?: OnBilled;
}

/** What a path is to a server that takes text in place of ids. */
export interface PathText {
  /** In UTF-8, at most. */
  readonly sizeBytes: number;
  /** How many the server may be sent for one step past it: tokens that are not known any more are asked for. */
  readonly requests: number;
}

/** An open generator. What it cannot do is absent. */
export interface Generator {
  readonly facts: GeneratorFacts;
  /** True when a server bills its tokens, so that the app's budget holds for it. */
  readonly isBilled?: boolean;
  /** True when it takes `messages` as they are: the text of `renderChat` is for people to read then, and no model's. */
  readonly takesMessages?: boolean;
  /** Where the server is sent text: what a path comes to, for what a call may cost. */
  pathText?(path: readonly TokenId[]): PathText;
  /** The exact tokens that the model receives for `prompt`. */
  tokenize?(prompt: string, signal?: AbortSignal): Promise<readonly Token[]>;
  /** Yields `prompt` first, then steps of all `n` sequences as they come, and one `finish` a sequence. */
  generate(request: GenerateRequest): AsyncGenerator<GeneratorEvent, void, void>;
  /** The distribution after a prompt and the tokens chosen so far. */
  next?(request: NextRequest, signal?: AbortSignal): Promise<NextToken>;
  /** One scored token for each token of the completion. */
  score?(request: ScoreRequest): Promise<readonly ScoredToken[]>;
  /** The text of a conversation in the model's own chat template, ready for the assistant's turn. */
  renderChat?(messages: readonly Message[], signal?: AbortSignal): Promise<string>;
  /** Why it cannot do what is absent. */
  readonly lacks?: { readonly next?: string; readonly score?: string };
  close(): Promise<void>;
}
