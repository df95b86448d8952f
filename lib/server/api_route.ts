import type { Context } from "fresh";
import type { State } from "./app_state.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import { toldProblem } from "./told_problem.ts";

type ApiHandler = (ctx: Context<State>) => Response | Promise<Response>;
type ApiMethod = "GET" | "POST" | "DELETE";

/**
 * The handler of an API route: other methods get 405 with `Allow`, and every error is a problem.
 *
 * Subtle: a function takes all methods, while Fresh answers 404 for a method that a map of handlers does not name.
 */
export function apiRoute(handlers: Readonly<Partial<Record<ApiMethod, ApiHandler>>>): ApiHandler {
  const methods = Object.keys(handlers);
  const allow = (methods.includes("GET") ? [...methods, "HEAD"] : methods).join(", ");
  return async (ctx) => {
    const { method } = ctx.req;
    const handler = method === "HEAD" ? handlers.GET : isApiMethod(method) ? handlers[method] : undefined;
    try {
      if (handler !== undefined) return await handler(ctx);
      const detail = `Cannot answer ${method} here: allowed is ${allow}`;
      throw new ProblemError(405, "Method not allowed", detail, { headers: { allow } });
    } catch (error) {
      return failed(ctx, error);
    }
  };
}

/** Answers with a problem, and logs what was not expected. */
export function failed(ctx: Context<State>, error: unknown): Response {
  toldProblem(ctx.state, error);
  return problemResponse(error, ctx.state.requestId);
}

function isApiMethod(method: string): method is ApiMethod {
  return method === "GET" || method === "POST" || method === "DELETE";
}
