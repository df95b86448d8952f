/** From the body of a request to a run, or a score, and its answer. */
import type { Context } from "fresh";
import type { NextToken } from "../lm/next.ts";
import type { RunEvent, ScoredToken } from "../lm/event.ts";
import { run, type RunRequest, scoreCompletion, scoreTokens } from "../components/run.ts";
import type { Generator } from "../generators/generator.ts";
import { type GenerateBody, type NextTokenBody, paramsFromWire, type ScoreBody, type Scored } from "../lm/wire.ts";
import type { TaskPrompt } from "../lm/prompt_messages.ts";
import { toPrompt } from "../lm/prompt.ts";
import { tokenSearch } from "../lm/token_search.ts";
import { encodeWire } from "../lm/wire_text.ts";
import type { Module } from "../module.ts";
import type { Requester, State, Tally } from "./app_state.ts";
import { eventStream } from "./event_stream.ts";
import { cancelled, generationProblem } from "./generation_problem.ts";
import { blankText, type ModelPrompt, modelPrompt, type Receiver } from "./model_prompt.ts";
import { type Place, type PlacePath, promptWithout, readSample, resolvePlace } from "./place.ts";
import { ProblemError } from "./problem.ts";
import { usable } from "./rows/usable_condition.ts";
import { toldProblem } from "./told_problem.ts";

/** Candidates that a step carries when the request does not say. */
const DEFAULT_TOP = 10;

/** Who asks, and for which place. */
export type Asker = Requester & { readonly params: PlacePath };

interface Source {
  readonly place: Place;
  readonly generator: Generator;
  readonly prompt: ModelPrompt;
  /** What `prompt` is made of, with all of its fields. */
  readonly given: TaskPrompt;
  readonly receiver: Receiver;
  readonly target: string | undefined;
}

/** Streams a run of the sample or prompt that the body names. */
export async function generate(ctx: Context<State>, body: GenerateBody): Promise<Response> {
  const { place, generator, prompt: { text: prompt, messages }, target } = await readSource(ctx, body, ctx.req.signal);
  const wire = { ...body.params, ...(body.seed === undefined ? {} : { seed: body.seed }) };
  const params = paramsFromWire(wire, place.task.params);
  const metrics = place.task.metrics ?? {};
  const top = body.top ?? DEFAULT_TOP;
  const branch = { path: body.path, firstSequence: body.first_sequence };
  const reason = metricReason(ctx.state, place.module);
  const request = { generator, prompt, messages, ...branch, target, metrics, reason, params, top };
  return await streamRun(ctx, request, place.generator);
}

/** Streams a run as server-sent events; a failure before the answer has begun has its own status. */
export async function streamRun(
  ctx: Context<State>,
  request: Omit<RunRequest, "signal">,
  generatorName: string,
): Promise<Response> {
  return await whileWanted(ctx, async (controller, signal) => {
    const onError = (error: unknown) => toldProblem(ctx.state, generationProblem(error, generatorName));
    try {
      return await eventStream(tallied(run({ ...request, signal }), ctx.state.tally), {
        controller,
        onError,
        encode: encodeWire,
      });
    } catch (error) {
      throw generationProblem(error, generatorName);
    }
  });
}

/** What a request tells of an error of a metric's own code, which the log has once, with its stack. */
export function metricReason({ registry, log, requestId }: State, { name }: Module): (error: unknown) => string {
  const told = new Set<string>();
  return (error) => {
    const reason = registry.reason(name, error);
    if (!told.has(reason)) log.failure(requestId, error);
    told.add(reason);
    return reason;
  };
}

/** Passes a run's events on, and counts its tokens for the log. */
async function* tallied(
  events: AsyncGenerator<RunEvent, void, void>,
  tally: Tally,
): AsyncGenerator<RunEvent, void, void> {
  tally.tokens = 0;
  for await (const event of events) {
    if (event.type === "step") tally.tokens++;
    yield event;
  }
}

/** Scores the body's completion, or the sample's target. */
export async function score(ctx: Context<State>, body: ScoreBody): Promise<Response> {
  return await whileWanted(ctx, async (_, signal) => {
    const scored = await readScore(ctx, body, signal);
    return new Response(encodeWire(scored), { headers: { "content-type": "application/json" } });
  });
}

/** @throws {ProblemError} 422 without a target or scoring, 503 when the signal aborts; what opening the generator throws */
export async function readScore(
  asker: Asker,
  body: ScoreBody,
  signal: AbortSignal,
): Promise<Scored> {
  const { place, generator, prompt: { text: prompt }, given, receiver, target } = await readSource(asker, body, signal);
  const completion = body.completion ?? target;
  if (completion === undefined) throw noTarget();
  const metrics = place.task.metrics ?? {};
  const nullPrompt = await blankText(given, receiver);
  try {
    const top = body.top ?? DEFAULT_TOP;
    const reason = metricReason(asker.state, place.module);
    return await scoreCompletion({ generator, prompt, nullPrompt, completion, target, metrics, reason, top, signal });
  } catch (error) {
    if (signal.aborted) throw cancelled("score");
    throw generationProblem(error, place.generator);
  }
}

/** The tokens of the sample's target alone, in one pass. @throws as `readScore` */
export async function readTarget(
  asker: Asker,
  body: ScoreBody,
  signal: AbortSignal,
): Promise<readonly ScoredToken[]> {
  const { place, generator, prompt, target } = await readSource(asker, body, signal);
  if (target === undefined) throw noTarget();
  try {
    return await scoreTokens({ generator, prompt: prompt.text, completion: target, top: 1, signal });
  } catch (error) {
    if (signal.aborted) throw cancelled("score");
    throw generationProblem(error, place.generator);
  }
}

/** The distribution after the sample's or one's own prompt and the path. */
export async function nextToken(ctx: Context<State>, body: NextTokenBody): Promise<Response> {
  return await whileWanted(ctx, async (_, signal) => {
    const next = await readNext(ctx, body, signal);
    return new Response(encodeWire(next), { headers: { "content-type": "application/json" } });
  });
}

/** @throws {ProblemError} 422 naming the field, or that the generator cannot step; what opening it throws */
export async function readNext(
  asker: Asker,
  body: NextTokenBody,
  signal?: AbortSignal,
): Promise<NextToken> {
  const { place, generator, prompt: { text: prompt, messages }, target } = await readSource(asker, body, signal);
  if (generator.next === undefined) {
    const detail = `Cannot step: ${
      generator.lacks?.next ?? `generator "${place.generator}" gives no next-token distributions`
    }`;
    throw new ProblemError(422, "Not available", detail, { field: "generator" });
  }
  const wire = { ...body.params, ...(body.seed === undefined ? {} : { seed: body.seed }) };
  const params = paramsFromWire(wire, place.task.params);
  const { path, append, find, offset, limit, first_sequence: sequence, prompt_tokens: tellsPrompt } = body;
  if (find !== undefined) usable("find", () => tokenSearch(find));
  const asked = { prompt, messages, path, append, find, target };
  const request = { ...asked, params, sequence, offset, limit, tellsPrompt };
  try {
    return await generator.next(request, signal);
  } catch (error) {
    if (signal?.aborted === true) throw cancelled("step");
    throw generationProblem(error, place.generator);
  }
}

function noTarget(): ProblemError {
  const detail = "Cannot score: the sample has no target, so completion is needed";
  return new ProblemError(422, "Invalid request", detail, { field: "completion" });
}

/** A prompt of one's own needs no sample; a sample named beside it gives the target. */
async function readSource(
  { state: { registry, client }, params }: Asker,
  body: Omit<ScoreBody, "completion">,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const place = resolvePlace(registry, params, body);
  const needsSample = body.prompt === undefined || body.sample !== undefined;
  const sample = needsSample ? await readSample(registry, place) : undefined;
  const given = body.prompt === undefined && sample !== undefined ? sample.prompt : toPrompt(body.prompt ?? "");
  const asked = promptWithout(given, body.blank ?? []);
  const { module, generator: generatorName, taskName } = place;
  const generator = await registry.generator(module.name, generatorName, client);
  const receiver = { generator, generatorName, taskName, signal };
  const prompt = await modelPrompt(asked, receiver);
  return { place, generator, prompt, given, receiver, target: sample?.target };
}

/**
 * Works with a signal that aborts when the app stops, or when the client leaves before it got an answer.
 * Subtle: the request's own signal also aborts after an answer, so it is heard until then; later the stream tells.
 */
export async function whileWanted(
  ctx: Context<State>,
  work: (controller: AbortController, signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const controller = new AbortController();
  const leave = () => controller.abort();
  ctx.req.signal.addEventListener("abort", leave);
  // Who left while a model was opened for them is not told by an event any more.
  if (ctx.req.signal.aborted) leave();
  try {
    return await work(controller, AbortSignal.any([controller.signal, ctx.state.shutdown]));
  } finally {
    ctx.req.signal.removeEventListener("abort", leave);
  }
}
