/** What the routes under /v1 take: the fields of OpenAI's API that a model in this process can honour. */
import * as v from "valibot";
import { PARAM_RANGES } from "../../lm/params.ts";
import { paramsSchema, promptSchema, stopTextSchema, TURN_LIMIT } from "../../lm/wire.ts";

/** Most prompts of one request. */
const MAX_PROMPTS = 32;
const PROMPT_MESSAGE = `must be a text, a list of at most ${MAX_PROMPTS} texts, or token ids`;
const COUNT_MESSAGE = "must be a whole number from 0 to 20";

const idsSchema = v.array(v.pipe(v.number(PROMPT_MESSAGE), v.integer(PROMPT_MESSAGE), v.minValue(0, PROMPT_MESSAGE)));
const countSchema = v.pipe(
  v.number(COUNT_MESSAGE),
  v.integer(COUNT_MESSAGE),
  v.minValue(0, COUNT_MESSAGE),
  v.maxValue(20, COUNT_MESSAGE),
);
const stopSchema = v.optional(v.nullable(v.pipe(
  v.union([stopTextSchema, paramsSchema.entries.stop], "must be a text or a list of texts"),
  v.transform((stop) => typeof stop === "string" ? [stop] : stop),
)));

/** Null is absent, as clients that name every field send it. */
function nullish<Schema extends v.GenericSchema>(schema: Schema) {
  return v.nullish(schema, () => undefined);
}

const { entries } = paramsSchema;
const common = {
  model: v.pipe(v.string("must be the name of a model"), v.maxLength(200, "must be at most 200 characters")),
  temperature: nullish(entries.temperature),
  top_p: nullish(entries.top_p),
  top_k: nullish(entries.top_k),
  min_p: nullish(entries.min_p),
  repetition_penalty: nullish(entries.repetition_penalty),
  frequency_penalty: nullish(entries.frequency_penalty),
  presence_penalty: nullish(entries.presence_penalty),
  seed: nullish(entries.seed),
  n: nullish(entries.n),
  logit_bias: nullish(entries.logit_bias),
  stop: stopSchema,
  stream: v.optional(v.nullable(v.boolean("must be true or false"))),
  stream_options: v.optional(v.nullable(v.strictObject({
    include_usage: v.optional(v.boolean("must be true or false")),
  }, "must be an object"))),
  /** Accepted, and kept nowhere. */
  user: nullish(v.string("must be a text")),
};

function maxTokensSchema(least: number) {
  const { max } = PARAM_RANGES.maxTokens;
  const message = `must be a whole number from ${least} to ${max}`;
  return v.optional(v.nullable(v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(max, message),
  )));
}

/** `POST /v1/completions`. */
export const completionsSchema = v.strictObject({
  ...common,
  prompt: v.union([
    promptSchema,
    v.pipe(v.array(promptSchema), v.minLength(1), v.maxLength(MAX_PROMPTS, PROMPT_MESSAGE)),
    v.pipe(idsSchema, v.minLength(1)),
    v.pipe(v.array(idsSchema), v.minLength(1), v.maxLength(MAX_PROMPTS)),
  ], PROMPT_MESSAGE),
  /** None at all where a text is only scored. */
  max_tokens: maxTokensSchema(0),
  echo: v.optional(v.nullable(v.boolean("must be true or false"))),
  logprobs: v.optional(v.nullable(countSchema)),
  suffix: v.optional(
    v.nullable(v.literal("", "cannot be used: these models only continue a text, they do not fill it in")),
  ),
});
export type CompletionsBody = v.InferOutput<typeof completionsSchema>;

const ROLE_MESSAGE = "must be system, developer, user or assistant";
const CONTENT_MESSAGE = 'must be a text, or a list of { "type": "text", "text": … }';
const messageSchema = v.strictObject({
  role: v.picklist(["system", "developer", "user", "assistant"], ROLE_MESSAGE),
  content: v.union([
    promptSchema,
    v.pipe(
      v.array(v.strictObject({ type: v.literal("text"), text: promptSchema })),
      v.transform((parts) => parts.map(({ text }) => text).join("")),
      promptSchema,
    ),
  ], CONTENT_MESSAGE),
  name: v.optional(v.string()),
}, "must be an object with role and content");

/** `POST /v1/chat/completions`. */
export const chatCompletionsSchema = v.strictObject({
  ...common,
  messages: v.pipe(
    v.array(messageSchema, "must be a list of messages"),
    v.minLength(1, "must not be empty"),
    v.maxLength(TURN_LIMIT, `must be at most ${TURN_LIMIT} messages`),
  ),
  max_tokens: maxTokensSchema(1),
  max_completion_tokens: maxTokensSchema(1),
  logprobs: v.optional(v.nullable(v.boolean("must be true or false"))),
  top_logprobs: v.optional(v.nullable(countSchema)),
});
export type ChatCompletionsBody = v.InferOutput<typeof chatCompletionsSchema>;
