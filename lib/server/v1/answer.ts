/** How /v1 answers: JSON, streams of data, and errors in OpenAI's shape. */
import type { Context } from "fresh";
import type { Problem } from "../../lm/event.ts";
import type { State } from "../app_state.ts";
import { cancelled, generationProblem } from "../generation_problem.ts";
import { ProblemError } from "../problem.ts";
import { pulledStream } from "../pulled_stream.ts";
import { toldProblem } from "../told_problem.ts";

type V1Handler = (ctx: Context<State>) => Response | Promise<Response>;

/** A route of /v1: absent unless it was switched on, for one method or any, with errors as OpenAI tells them. */
export function v1Route(method: "GET" | "POST" | "any", handler: V1Handler): V1Handler {
  return async (ctx) => {
    try {
      if (!ctx.state.servesApi) {
        throw new ProblemError(404, "Not found", "The API is switched off here; VISUALLM_SERVE_API=1 switches it on");
      }
      const allowed = method === "GET" ? ["GET", "HEAD"] : [method];
      if (method !== "any" && !allowed.includes(ctx.req.method)) {
        const allow = allowed.join(", ");
        const detail = `Cannot answer ${ctx.req.method} here: allowed is ${allow}`;
        throw new ProblemError(405, "Method not allowed", detail, { headers: { allow } });
      }
      return await handler(ctx);
    } catch (error) {
      return v1Error(ctx, error);
    }
  };
}

/** The error that a problem is to them: an unusable field is a 400, as clients of OpenAI expect. */
function errorOf(problem: Problem): { status: number; body: object } {
  const status = problem.status === 422 || problem.status === 415 ? 400 : problem.status;
  const code = status === 404 && problem.field === "model"
    ? "model_not_found"
    : status === 429
    ? "rate_limit_exceeded"
    : null;
  return {
    status,
    body: { error: { message: problem.detail, type: typeOf(status), param: problem.field ?? null, code } },
  };
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** An error as OpenAI tells it. */
export function v1Error(ctx: Context<State>, error: unknown): Response {
  const { status, body } = errorOf(toldProblem(ctx.state, error));
  const headers = error instanceof ProblemError ? error.headers : {};
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** Errors of a generator as problems with a status; of work whose signal has aborted, that it was cancelled. */
export function asProblem(error: unknown, model: string, signal: AbortSignal): unknown {
  if (signal.aborted) return cancelled("answer");
  return generationProblem(error, model);
}

/** The items of a generator's work, whose errors are told as problems with a status. */
export async function* withProblems<Item>(
  items: AsyncGenerator<Item>,
  model: string,
  signal: AbortSignal,
): AsyncGenerator<Item, void, void> {
  try {
    yield* items;
  } catch (error) {
    throw asProblem(error, model, signal);
  }
}

/** The time that OpenAI's answers tell: seconds since 1970. */
export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

/** What OpenAI's streams end with. */
const DONE = "[DONE]";

/**
 * Streams objects as server-sent data, and ends with `[DONE]`. An error once the answer has begun is the last thing that
 * is sent, and no `[DONE]` follows it.
 * @throws what the objects throw before that, so that the answer can have the right status
 */
export async function dataStream(
  ctx: Context<State>,
  objects: AsyncGenerator<object, void, void>,
  controller: AbortController,
): Promise<Response> {
  return await pulledStream<object | typeof DONE>(withDone(objects), {
    controller,
    clock: ctx.state.registry.traffic.clock,
    frame: (item) => `data: ${item === DONE ? DONE : JSON.stringify(item)}\n\n`,
    isLast: (item) => item === DONE,
    onError: (error) => errorOf(toldProblem(ctx.state, error)).body,
  });
}

async function* withDone(
  objects: AsyncGenerator<object, void, void>,
): AsyncGenerator<object | typeof DONE, void, void> {
  yield* objects;
  yield DONE;
}
