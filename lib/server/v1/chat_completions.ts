/** `POST /v1/chat/completions`: the next turn of a conversation, in the model's own chat template. */
import type { Context } from "fresh";
import type { Generator } from "../../generators/generator.ts";
import type { GeneratorEvent } from "../../lm/event.ts";
import type { Message } from "../../lm/message.ts";
import type { State } from "../app_state.ts";
import { whileWanted } from "../generation.ts";
import { checkPromptSize } from "../model_prompt.ts";
import { ProblemError } from "../problem.ts";
import { asProblem, dataStream, secondsNow, withProblems } from "./answer.ts";
import { Endings, type OpenAiReason } from "./endings.ts";
import { chatLogprobs, type Placed } from "./logprobs.ts";
import { openModel, paramsOf } from "./models.ts";
import type { ChatCompletionsBody } from "./schemas.ts";
import { TextDeltas } from "./text_deltas.ts";
import { UsageCount } from "./usage_count.ts";

const DEFAULT_MAX_TOKENS = 1024;

interface Choice {
  content: string;
  readonly placed: Placed[];
  reason: OpenAiReason | null;
}

export async function chatCompletions(ctx: Context<State>, body: ChatCompletionsBody): Promise<Response> {
  const generator = await openModel(ctx, body.model);
  const messages = body.messages.map(({ role, content }): Message => ({
    role: role === "developer" ? "system" : role,
    content,
  }));
  const params = paramsOf(body, body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_MAX_TOKENS);
  const top = body.logprobs === true ? body.top_logprobs ?? 0 : 0;
  return await whileWanted(ctx, async (controller, signal) => {
    const prompt = await render(generator, messages, body.model, signal);
    checkPromptSize({ text: prompt, messages }, { generator, generatorName: body.model, field: "messages" });
    const events = withProblems(generator.generate({ prompt, messages, params, top, signal }), body.model, signal);
    const head = { id: `chatcmpl-${ctx.state.requestId}`, created: secondsNow(), model: body.model };
    const endings = new Endings(body.model, body.n ?? 1, signal);
    if (body.stream === true) return await dataStream(ctx, chunks(head, events, body, endings), controller);
    return Response.json(await whole(head, events, body, endings));
  });
}

/** @throws {ProblemError} 422 when the model has no chat template, or its template refuses these messages */
async function render(
  generator: Generator,
  messages: readonly Message[],
  model: string,
  signal: AbortSignal,
): Promise<string> {
  if (generator.renderChat === undefined) {
    const detail = `Cannot chat with "${model}": it has no chat template; /v1/completions continues a text`;
    throw new ProblemError(422, "Invalid request", detail, { field: "model" });
  }
  try {
    return await generator.renderChat(messages, signal);
  } catch (error) {
    throw asProblem(error, model, signal);
  }
}

async function whole(
  head: object,
  events: AsyncGenerator<GeneratorEvent>,
  body: ChatCompletionsBody,
  endings: Endings,
): Promise<object> {
  const choices = new Map<number, Choice>();
  const usage = new UsageCount(body.n ?? 1);
  for await (const event of events) {
    if (event.type !== "step" && event.type !== "finish") continue;
    const { sequence: index } = event;
    const choice: Choice = choices.get(index) ?? { content: "", placed: [], reason: null };
    choices.set(index, choice);
    if (event.type === "step") {
      choice.placed.push(event);
    } else {
      choice.content = event.text;
      choice.reason = endings.tell(index, event.reason);
      usage.finish(index, event.usage);
    }
  }
  endings.check();
  const listed = [...choices].sort(([a], [b]) => a - b).map(([index, { content, placed, reason }]) => ({
    index,
    message: { role: "assistant", content, refusal: null },
    logprobs: body.logprobs === true ? chatLogprobs(placed, body.top_logprobs ?? 0) : null,
    finish_reason: reason,
  }));
  return { ...head, object: "chat.completion", choices: listed, usage: usage.toJSON() };
}

async function* chunks(
  start: object,
  events: AsyncGenerator<GeneratorEvent>,
  body: ChatCompletionsBody,
  endings: Endings,
): AsyncGenerator<object, void, void> {
  const head = { ...start, object: "chat.completion.chunk" };
  const usage = new UsageCount(body.n ?? 1);
  const deltas = new Map<number, TextDeltas>();
  for await (const event of events) {
    if (event.type !== "step" && event.type !== "finish") continue;
    const { sequence: index } = event;
    const isFirst = !deltas.has(index);
    const text = deltas.get(index) ?? new TextDeltas(body.stop ?? []);
    deltas.set(index, text);
    const role = isFirst ? { role: "assistant" } : {};
    if (event.type === "step") {
      const logprobs = body.logprobs === true ? chatLogprobs([event], body.top_logprobs ?? 0) : null;
      yield {
        ...head,
        choices: [{ index, delta: { ...role, content: text.push(event.token) }, logprobs, finish_reason: null }],
      };
      continue;
    }
    usage.finish(index, event.usage);
    const rest = text.finish(event.text);
    const delta = { ...role, ...(rest === "" ? {} : { content: rest }) };
    const finish = endings.tell(index, event.reason);
    yield { ...head, choices: [{ index, delta, logprobs: null, finish_reason: finish }] };
  }
  endings.check();
  if (body.stream_options?.include_usage === true) yield { ...head, choices: [], usage: usage.toJSON() ?? null };
}
