/** What servers answer, in either API and in the dialects of both. What is not understood is left out, never guessed. */
import * as v from "valibot";
import { dictionary } from "../../lm/dictionary.ts";

/** A token as a server names it. */
export interface GivenToken {
  readonly text: string;
  readonly bytes: readonly number[] | undefined;
  /** Undefined where the server gives none. */
  readonly logprob: number | undefined;
}

export interface GivenStep extends GivenToken {
  readonly top: readonly GivenToken[];
}

/** What one part of an answer adds to one completion. */
export interface Piece {
  readonly index: number;
  readonly text: string;
  /** True when it holds a part of what the model thinks before it answers, which is none of the text. */
  readonly isThinking?: boolean;
  /** Of the thinking and the text together; absent when the server sends text alone. */
  readonly steps?: readonly GivenStep[];
  readonly finish?: string;
}

export interface Answer {
  readonly pieces: readonly Piece[];
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number };
}

const numberOrNot = v.fallback(v.nullish(v.number()), undefined);
const bytesSchema = v.fallback(
  v.nullish(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)))),
  undefined,
);
const tokenSchema = v.object({ token: v.string(), logprob: numberOrNot, bytes: bytesSchema });
const contentSchema = v.array(
  v.object({ ...tokenSchema.entries, top_logprobs: v.fallback(v.nullish(v.array(tokenSchema)), undefined) }),
);
const topsSchema = v.union([v.array(tokenSchema), dictionary(v.nullable(v.number()))]);
const listsSchema = v.object({
  tokens: v.array(v.string()),
  token_logprobs: v.fallback(v.nullish(v.array(v.nullable(v.number()))), undefined),
  top_logprobs: v.fallback(v.nullish(v.array(v.nullable(topsSchema))), undefined),
});
const logprobsSchema = v.fallback(
  v.nullish(v.union([v.object({ content: v.nullable(contentSchema) }), listsSchema])),
  undefined,
);
const textOrNot = v.fallback(v.nullish(v.string()), undefined);
/** vLLM, SGLang and llama.cpp tell thinking as `reasoning_content`; vLLM lately, Ollama and OpenRouter as `reasoning`. */
const messageSchema = v.fallback(
  v.nullish(v.object({ content: textOrNot, reasoning_content: textOrNot, reasoning: textOrNot })),
  undefined,
);
const choiceSchema = v.object({
  index: v.fallback(v.number(), 0),
  text: textOrNot,
  delta: messageSchema,
  message: messageSchema,
  logprobs: logprobsSchema,
  finish_reason: textOrNot,
});
const answerSchema = v.object({
  choices: v.array(choiceSchema),
  usage: v.fallback(
    v.nullish(v.object({ prompt_tokens: v.number(), completion_tokens: v.fallback(v.number(), 0) })),
    undefined,
  ),
});

/** Undefined when it is no answer of either API. */
export function readAnswer(value: unknown): Answer | undefined {
  const parsed = v.safeParse(answerSchema, value);
  if (!parsed.success) return undefined;
  const { choices, usage } = parsed.output;
  return {
    pieces: choices.map(readChoice),
    ...(usage === undefined || usage === null
      ? {}
      : { usage: { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } }),
  };
}

const faultSchema = v.object({
  error: v.union([
    v.pipe(v.string(), v.minLength(1), v.transform((message) => ({ message, code: undefined, param: undefined }))),
    v.object({
      message: v.pipe(v.string(), v.minLength(1)),
      code: v.fallback(v.nullish(v.union([v.string(), v.number()])), undefined),
      param: textOrNot,
    }),
  ]),
});

/** What a server says of a fault in an answer whose status tells of none. */
export interface GivenFault {
  readonly message: string;
  /** The status that the fault would have had; 200 where the server names none. */
  readonly status: number;
  readonly code: string | undefined;
  readonly param: string | undefined;
}

/** Undefined when it tells of none. */
export function readFault(value: unknown): GivenFault | undefined {
  const parsed = v.safeParse(faultSchema, value);
  if (!parsed.success) return undefined;
  const { message, code, param } = parsed.output.error;
  return {
    message,
    status: typeof code === "number" && code >= 400 && code < 600 ? code : 200,
    code: typeof code === "string" ? code : undefined,
    param: param ?? undefined,
  };
}

function readChoice(choice: v.InferOutput<typeof choiceSchema>): Piece {
  const { index, text, delta, message, logprobs, finish_reason } = choice;
  const steps = readSteps(logprobs);
  const said = delta ?? message;
  return {
    index,
    text: text ?? said?.content ?? "",
    ...(said?.reasoning_content || said?.reasoning ? { isThinking: true } : {}),
    ...(steps === undefined ? {} : { steps }),
    ...(finish_reason === undefined || finish_reason === null ? {} : { finish: finish_reason }),
  };
}

function readSteps(logprobs: v.InferOutput<typeof logprobsSchema>): readonly GivenStep[] | undefined {
  if (logprobs === undefined || logprobs === null) return undefined;
  if ("content" in logprobs) {
    return logprobs.content?.map((entry) => ({ ...given(entry), top: entry.top_logprobs?.map(given) ?? [] }));
  }
  const { tokens, token_logprobs, top_logprobs } = logprobs;
  return tokens.map((text, index) => ({
    ...given({ token: text, logprob: token_logprobs?.[index] }),
    top: readTop(top_logprobs?.[index]),
  }));
}

function readTop(top: v.InferOutput<typeof topsSchema> | null | undefined): readonly GivenToken[] {
  if (top === null || top === undefined) return [];
  if (Array.isArray(top)) return top.map(given);
  return Object.entries(top).map(([token, logprob]) => given({ token, logprob }));
}

/** OpenAI's word for "too small to tell". */
const LEAST_LOGPROB = -9999;
/** Rounding may leave a logprob this much above 0; more is none. */
const ROUNDING = 1e-3;

function given(entry: {
  readonly token: string;
  readonly logprob?: number | null | undefined;
  readonly bytes?: readonly number[] | null | undefined;
}): GivenToken {
  const { token, logprob, bytes } = entry;
  const isKnown = typeof logprob === "number" && logprob > LEAST_LOGPROB && logprob <= ROUNDING;
  return { text: token, bytes: bytes ?? undefined, logprob: isKnown ? Math.min(0, logprob) : undefined };
}
