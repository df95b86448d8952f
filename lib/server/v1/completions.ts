/** `POST /v1/completions`: continues texts, and scores them with `echo`. */
import type { Context } from "fresh";
import type { Generator } from "../../generators/generator.ts";
import type { FinishReason, Usage } from "../../lm/event.ts";
import type { Token, TokenId } from "../../lm/token.ts";
import type { State } from "../app_state.ts";
import { whileWanted } from "../generation.ts";
import { ProblemError } from "../problem.ts";
import { dataStream, secondsNow, withProblems } from "./answer.ts";
import { Endings, type OpenAiReason } from "./endings.ts";
import { completionLogprobs, type Placed, TextOffsets } from "./logprobs.ts";
import { openModel, paramsOf } from "./models.ts";
import type { CompletionsBody } from "./schemas.ts";
import { TextDeltas } from "./text_deltas.ts";
import { UsageCount } from "./usage_count.ts";

const DEFAULT_MAX_TOKENS = 16;

/** A prompt as text, or as ids. */
interface Prompt {
  readonly text: string;
  readonly ids: readonly TokenId[] | undefined;
}

/** A piece of one choice; its last has the reason, and what the choice came to. */
interface Piece {
  readonly index: number;
  readonly text: string;
  readonly placed: readonly Placed[];
  readonly reason?: FinishReason;
  readonly usage?: Usage;
}

export async function completions(ctx: Context<State>, body: CompletionsBody): Promise<Response> {
  const generator = await openModel(ctx, body.model);
  const prompts = promptsOf(body.prompt);
  checkPrompts(body, prompts, generator);
  return await whileWanted(ctx, async (controller, signal) => {
    const pieces = withProblems(writeAll(generator, body, prompts, signal), body.model, signal);
    const head = {
      id: `cmpl-${ctx.state.requestId}`,
      object: "text_completion",
      created: secondsNow(),
      model: body.model,
    };
    const endings = new Endings(body.model, prompts.length * (body.n ?? 1), signal);
    if (body.stream === true) return await dataStream(ctx, chunks(head, pieces, body, endings), controller);
    return Response.json(await whole(head, pieces, body, endings));
  });
}

function promptsOf(prompt: CompletionsBody["prompt"]): Prompt[] {
  if (typeof prompt === "string") return [{ text: prompt, ids: undefined }];
  const items: (string | number | number[])[] = prompt;
  if (items.every((item) => typeof item === "number")) return [{ text: "", ids: items }];
  return items.map((item) => Array.isArray(item) ? { text: "", ids: item } : { text: String(item), ids: undefined });
}

function checkPrompts(body: CompletionsBody, prompts: readonly Prompt[], generator: Generator): void {
  const scoresOnly = body.echo === true && body.max_tokens === 0;
  if (!scoresOnly && prompts.some(({ ids }) => ids !== undefined)) {
    throw invalid(
      "prompt",
      "Cannot continue token ids: they are taken with echo and max_tokens 0, for scoring; send the text",
    );
  }
  const lacks = generator.lacks?.score ?? "this model cannot score a text";
  // Ids have their texts from the score alone.
  if (generator.score === undefined && prompts.some(({ ids }) => ids !== undefined)) {
    throw invalid("prompt", `Cannot echo token ids: ${lacks}`);
  }
  const needsScore = body.echo === true && typeof body.logprobs === "number";
  if (needsScore && (generator.score === undefined || generator.tokenize === undefined)) {
    throw invalid("echo", `Cannot echo with logprobs: ${lacks}`);
  }
}

function invalid(field: string, detail: string): ProblemError {
  return new ProblemError(422, "Invalid request", detail, { field });
}

async function* writeAll(generator: Generator, body: CompletionsBody, prompts: readonly Prompt[], signal: AbortSignal) {
  const n = body.n ?? 1;
  for (const [index, prompt] of prompts.entries()) {
    for await (const piece of write(generator, body, prompt, signal)) {
      yield { ...piece, index: index * n + piece.index };
    }
  }
}

/** The pieces of the `n` choices of one prompt. */
async function* write(
  generator: Generator,
  body: CompletionsBody,
  prompt: Prompt,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const { n = 1, logprobs } = body;
  const maxTokens = body.max_tokens ?? DEFAULT_MAX_TOKENS;
  const end = maxTokens > 0 ? {} : { reason: "length" as const, usage: await usageOf(generator, prompt, signal) };
  if (body.echo === true || maxTokens === 0) {
    const echoed = body.echo === true
      ? await echo(generator, prompt, logprobs ?? undefined, signal)
      : { text: "", placed: [] };
    for (let index = 0; index < n; index++) yield { index, ...echoed, ...end };
  }
  if (maxTokens === 0) return;
  const params = paramsOf(body, maxTokens);
  const deltas = Array.from({ length: n }, () => new TextDeltas(params.stop));
  for await (const event of generator.generate({ prompt: prompt.text, params, top: logprobs ?? 0, signal })) {
    if (event.type === "step") {
      const { sequence: index, token, logprob, top } = event;
      yield { index, text: deltas[index]?.push(token) ?? "", placed: [{ token, logprob, top }] };
    } else if (event.type === "finish") {
      const { sequence: index, text, reason, usage } = event;
      yield { index, text: deltas[index]?.finish(text) ?? "", placed: [], reason, usage };
    }
  }
}

/** Of a prompt that nothing follows. */
async function usageOf(generator: Generator, { text, ids }: Prompt, signal: AbortSignal): Promise<Usage> {
  const tokens = ids ?? await generator.tokenize?.(text, signal);
  return { ...(tokens && { promptTokens: tokens.length }), completionTokens: 0 };
}

/** The prompt's own text, and its tokens with their logprobs where these are asked for or ids are to get their text. */
async function echo(generator: Generator, prompt: Prompt, count: number | undefined, signal: AbortSignal) {
  if (count === undefined && prompt.ids === undefined) return { text: prompt.text, placed: [] };
  const tokens: readonly Token[] = prompt.ids === undefined
    ? await generator.tokenize?.(prompt.text, signal) ?? []
    : [];
  const ids = prompt.ids ?? tokens.map(({ id }) => id);
  const [first, ...rest] = ids;
  if (first === undefined) return { text: prompt.text, placed: [] };
  const scored = await generator.score?.({ prompt: [first], completion: rest, top: count ?? 0, signal }) ?? [];
  const placed: Placed[] = [{ token: tokens[0] ?? await nameToken(generator, first, signal), top: [] }, ...scored];
  const text = prompt.ids === undefined ? prompt.text : new TextDecoder().decode(
    Uint8Array.from(placed.flatMap(({ token }) => [...token.bytes])),
  );
  return { text, placed };
}

/** Subtle: an id alone is named by scoring it after itself, as generators name tokens only where they stand in a text. */
async function nameToken(generator: Generator, id: TokenId, signal: AbortSignal): Promise<Token> {
  const [scored] = await generator.score?.({ prompt: [id], completion: [id], top: 1, signal }) ?? [];
  return scored?.token ?? { id, text: "", bytes: [] };
}

async function whole(
  head: object,
  pieces: AsyncGenerator<Piece>,
  body: CompletionsBody,
  endings: Endings,
): Promise<object> {
  const choices = new Map<number, { text: string; placed: Placed[]; reason: OpenAiReason | null }>();
  const usage = new UsageCount(body.n ?? 1);
  for await (const piece of pieces) {
    const choice = choices.get(piece.index) ?? { text: "", placed: [], reason: null };
    choices.set(piece.index, choice);
    choice.text += piece.text;
    choice.placed.push(...piece.placed);
    choice.reason = endings.tell(piece.index, piece.reason);
    if (piece.usage !== undefined) usage.finish(piece.index, piece.usage);
  }
  endings.check();
  const listed = [...choices].sort(([a], [b]) => a - b).map(([index, { text, placed, reason }]) => ({
    text,
    index,
    logprobs: typeof body.logprobs === "number" ? completionLogprobs(placed, body.logprobs) : null,
    finish_reason: reason,
  }));
  return { ...head, choices: listed, usage: usage.toJSON() };
}

async function* chunks(
  head: object,
  pieces: AsyncGenerator<Piece>,
  body: CompletionsBody,
  endings: Endings,
): AsyncGenerator<object, void, void> {
  const places = new Map<number, TextOffsets>();
  const usage = new UsageCount(body.n ?? 1);
  for await (const piece of pieces) {
    const { index, text, placed, reason } = piece;
    if (piece.usage !== undefined) usage.finish(index, piece.usage);
    const offsets = places.get(index) ?? new TextOffsets();
    places.set(index, offsets);
    if (text === "" && placed.length === 0 && reason === undefined) continue;
    const logprobs = typeof body.logprobs === "number" ? completionLogprobs(placed, body.logprobs, offsets) : null;
    yield { ...head, choices: [{ text, index, logprobs, finish_reason: endings.tell(index, reason) }] };
  }
  endings.check();
  if (body.stream_options?.include_usage === true) yield { ...head, choices: [], usage: usage.toJSON() ?? null };
}
