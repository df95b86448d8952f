/** What a request may hold, keys in snake_case. */
import * as v from "valibot";
import { dictionary } from "./dictionary.ts";
import { PROCESSORS, type ScoredToken } from "./event.ts";
import { DEFAULT_PARAMS, type NumericParam, PARAM_RANGES, type SamplingParams, STOP_LIMIT } from "./params.ts";
import type { Token } from "./token.ts";
import { camelCase } from "./wire_text.ts";

function numberSchema(name: NumericParam) {
  const { min, max, integer } = PARAM_RANGES[name];
  const message = `must be ${integer ? "a whole number" : "a number"} from ${min} to ${max}`;
  return v.optional(
    v.pipe(
      v.number(message),
      v.finite(message),
      v.minValue(min, message),
      v.maxValue(max, message),
      v.check((value) => !integer || Number.isInteger(value), message),
    ),
  );
}

const STOP_MESSAGE = `must be at most ${STOP_LIMIT.count} texts of 1 to ${STOP_LIMIT.characters} characters`;
const ORDER_MESSAGE = `must name each of ${PROCESSORS.join(", ")} once`;
const BIAS_MESSAGE = "must map token ids to numbers from -100 to 100, or null to ban";

/** One of the texts that end a completion. */
export const stopTextSchema = v.pipe(
  v.string(STOP_MESSAGE),
  v.minLength(1, STOP_MESSAGE),
  v.maxLength(STOP_LIMIT.characters, STOP_MESSAGE),
);

/** Sampling params as a request may carry them: all optional, none unknown. */
export const paramsSchema = v.strictObject({
  temperature: numberSchema("temperature"),
  top_p: numberSchema("topP"),
  top_k: numberSchema("topK"),
  min_p: numberSchema("minP"),
  repetition_penalty: numberSchema("repetitionPenalty"),
  frequency_penalty: numberSchema("frequencyPenalty"),
  presence_penalty: numberSchema("presencePenalty"),
  max_tokens: numberSchema("maxTokens"),
  seed: numberSchema("seed"),
  n: numberSchema("n"),
  stop: v.optional(
    v.pipe(
      v.array(stopTextSchema, STOP_MESSAGE),
      v.maxLength(STOP_LIMIT.count, STOP_MESSAGE),
    ),
  ),
  logit_bias: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^\d{1,7}$/, BIAS_MESSAGE)),
      v.nullable(v.pipe(v.number(BIAS_MESSAGE), v.minValue(-100, BIAS_MESSAGE), v.maxValue(100, BIAS_MESSAGE))),
      BIAS_MESSAGE,
    ),
  ),
  order: v.optional(
    v.pipe(
      v.array(v.picklist(PROCESSORS, ORDER_MESSAGE), ORDER_MESSAGE),
      v.length(PROCESSORS.length, ORDER_MESSAGE),
      v.check((names) => new Set(names).size === names.length, ORDER_MESSAGE),
    ),
  ),
});
export type WireParams = v.InferOutput<typeof paramsSchema>;

/** Wire params laid over defaults; a list or a map that is given, be it empty, takes the place of the default one. */
export function paramsFromWire(wire: WireParams, defaults: Partial<SamplingParams> = {}): SamplingParams {
  const { logit_bias: bias, ...others } = wire;
  const given = Object.fromEntries(
    Object.entries(others).filter(([, value]) => value !== undefined).map(([name, value]) => [camelCase(name), value]),
  );
  return {
    ...DEFAULT_PARAMS,
    ...defaults,
    ...given,
    ...(bias === undefined ? {} : { logitBias: biasFrom(bias) }),
  };
}

function biasFrom(bias: Readonly<Record<string, number | null>>): SamplingParams["logitBias"] {
  return Object.fromEntries(Object.entries(bias).map(([id, value]) => [Number(id), value ?? -Infinity]));
}

/** Subtle: to valibot a list is an object whose fields are all absent. */
const objectSchema = v.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const NAME_LENGTH = 200;
const nameSchema = v.pipe(
  v.string("must be a name"),
  v.maxLength(NAME_LENGTH, `must be at most ${NAME_LENGTH} characters`),
);
const INDEX_MESSAGE = "must be a whole number from 0";
const indexSchema = v.pipe(
  v.number(INDEX_MESSAGE),
  v.safeInteger(INDEX_MESSAGE),
  v.minValue(0, INDEX_MESSAGE),
);
/** Candidates that a token may come with. */
export const TOP_LIMIT = 50;
const TOP_MESSAGE = `must be a whole number from 1 to ${TOP_LIMIT}`;
const topSchema = v.optional(
  v.pipe(
    v.number(TOP_MESSAGE),
    v.safeInteger(TOP_MESSAGE),
    v.minValue(1, TOP_MESSAGE),
    v.maxValue(TOP_LIMIT, TOP_MESSAGE),
  ),
);
/** Of a prompt, and of each text that goes to a model, as UTF-8: what it costs, whatever its alphabet. */
export const PROMPT_BYTES = 262_144;
export const promptSchema = v.pipe(
  v.string("must be a text"),
  v.maxBytes(PROMPT_BYTES, `must be at most ${PROMPT_BYTES} bytes of UTF-8`),
);

const promptSource = {
  task: v.optional(nameSchema),
  split: v.optional(nameSchema),
  sample: v.optional(indexSchema),
  edits: v.optional(dictionary(promptSchema, NAME_LENGTH)),
  prompt: v.optional(promptSchema),
  generator: v.optional(nameSchema),
};

/** Token ids that may stand after a prompt already. */
export const PATH_LIMIT = 8192;
const pathSchema = v.optional(
  v.pipe(
    v.array(indexSchema, "must be a list of token ids"),
    v.maxLength(PATH_LIMIT, `must be at most ${PATH_LIMIT} token ids`),
  ),
  [],
);

/** Body of `POST generate`: a sample of a task, or a prompt of one's own. */
export const generateSchema = v.strictObject({
  ...promptSource,
  top: topSchema,
  params: v.optional(v.pipe(objectSchema, paramsSchema)),
  seed: numberSchema("seed"),
  path: pathSchema,
  first_sequence: v.optional(indexSchema, 0),
});
export type GenerateBody = v.InferOutput<typeof generateSchema>;

/** Names of the prompt's fields whose values are left out of it. */
const blankSchema = v.optional(v.array(v.string("must be a field's name"), "must be a list of names of fields"));

/** Body of `POST score`: the same, and the completion to score (default: the sample's target). */
export const scoreSchema = v.strictObject({
  ...promptSource,
  blank: blankSchema,
  top: topSchema,
  completion: v.optional(v.union([promptSchema, v.array(indexSchema)], "must be a text or a list of token ids")),
});
export type ScoreBody = v.InferOutput<typeof scoreSchema>;

const LIMIT_MESSAGE = "must be a whole number from 1 to 200";

/**
 * Body of `POST next_token`: the same source, the tokens chosen so far, and which candidates to give.
 * `prompt_tokens: false` leaves the prompt's tokens out of the answer: they stay as they are from one step to the next, and
 * who has them need not read them again.
 */
export const nextTokenSchema = v.strictObject({
  ...promptSource,
  blank: blankSchema,
  params: v.optional(v.pipe(objectSchema, paramsSchema)),
  seed: numberSchema("seed"),
  path: pathSchema,
  first_sequence: v.optional(indexSchema, 0),
  append: v.optional(promptSchema),
  find: v.optional(v.pipe(v.string("must be a text"), v.maxLength(200, "must be at most 200 characters"))),
  offset: v.optional(indexSchema, 0),
  limit: v.optional(
    v.pipe(
      v.number(LIMIT_MESSAGE),
      v.safeInteger(LIMIT_MESSAGE),
      v.minValue(1, LIMIT_MESSAGE),
      v.maxValue(200, LIMIT_MESSAGE),
    ),
    64,
  ),
  prompt_tokens: v.optional(v.boolean("must be true or false"), true),
});
export type NextTokenBody = v.InferOutput<typeof nextTokenSchema>;

/** Of a conversation: two keys each, of the thousand that a body may have. */
export const TURN_LIMIT = 400;
const ROLE_MESSAGE = 'must be "user" or "assistant"';

/** Body of `POST chat` and `POST chat_prompt`: a conversation that the model is to go on with. */
export const chatSchema = v.strictObject({
  messages: v.pipe(
    v.array(
      v.strictObject({ role: v.picklist(["user", "assistant"], ROLE_MESSAGE), content: promptSchema }),
      "must be a list of messages",
    ),
    v.maxLength(TURN_LIMIT, `must be at most ${TURN_LIMIT} messages`),
  ),
  system: v.optional(promptSchema),
  /** Text that the completion begins with. */
  prefill: v.optional(promptSchema),
  path: pathSchema,
  first_sequence: v.optional(indexSchema, 0),
  controls: v.optional(dictionary(v.unknown())),
  generator: v.optional(nameSchema),
  params: v.optional(v.pipe(objectSchema, paramsSchema)),
  seed: numberSchema("seed"),
  top: topSchema,
});
export type ChatBody = v.InferOutput<typeof chatSchema>;

/** Answer of `POST score`. */
export interface Scored {
  /** The exact tokens that the model receives before the completion; absent when the generator cannot tell. */
  readonly prompt?: readonly Token[];
  readonly tokens: readonly ScoredToken[];
  /**
   * Logprob of each token under the prompt with its fields left blank; absent for a prompt without fields. A token's
   * PMI with the source, in nats, is its logprob minus this one.
   */
  readonly nullLogprobs?: readonly number[];
  readonly metrics: readonly { readonly name: string; readonly value?: number }[];
  /** Why a metric has no value, for those whose own code failed; absent without any. */
  readonly warnings?: readonly string[];
}
