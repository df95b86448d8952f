/** How /v1 answers: JSON, streams of data, and errors in OpenAI's shape. */
import type { Context } from "fresh";
import type { Problem } from "../../lm/event.ts";
import { UpstreamError } from "../../generators/openai/upstream_error.ts";
import type { State } from "../app_state.ts";
import { cancelled } from "../generation.ts";
import { generationProblem } from "../generation_problem.ts";
import { ProblemError } from "../problem.ts";
import { toldProblem } from "../told_problem.ts";

type V1Handler = (ctx: Context<State>) => Response | Promise<Response>;

/** A route of /v1: absent unless it was switched on, for one method or any, with errors as OpenAI tells them. */
export function v1Route(method: "GET" | "POST" | "any", handler: V1Handler): V1Handler {
  return async (ctx) => {
    try {
      if (!ctx.state.servesApi) {
        throw new ProblemError(404, "Not found", "The API is switched off here; VISUALLM_SERVE_API=1 switches it on");
      }
      if (method !== "any" && ctx.req.method !== method) {
        const detail = `Cannot answer ${ctx.req.method} here: allowed is ${method}`;
        throw new ProblemError(405, "Method not allowed", detail, { headers: { allow: method } });
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
  return error instanceof ProblemError || error instanceof UpstreamError ? error : generationProblem(error, model);
}

/**
 * Streams objects as server-sent data, pulled as the client reads them, and ends with `[DONE]`. An error after the first
 * object is the last thing that is sent, and no `[DONE]` follows it.
 * @throws what the objects throw before the first one, so that the answer can have the right status
 */
export async function dataStream(
  ctx: Context<State>,
  objects: AsyncGenerator<object, void, void>,
  controller: AbortController,
): Promise<Response> {
  let pending: Promise<IteratorResult<object, void>> | undefined = Promise.resolve(await objects.next());
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(stream) {
      const send = (text: string) => stream.enqueue(encoder.encode(`data: ${text}\n\n`));
      try {
        const next = await (pending ?? objects.next());
        pending = undefined;
        if (next.done !== true) return send(JSON.stringify(next.value));
        send("[DONE]");
      } catch (error) {
        if (controller.signal.aborted) return;
        send(JSON.stringify(errorOf(toldProblem(ctx.state, error)).body));
      }
      stream.close();
    },
    async cancel() {
      controller.abort();
      await objects.return().catch(() => {}); // What a step under way still throws concerns nobody.
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    },
  });
}
