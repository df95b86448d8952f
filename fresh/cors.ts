import type { Context } from "./context.ts";
import type { Middleware } from "./types.ts";

/** Options of `cors()`. */
export interface CORSOptions<State = unknown> {
  /** Origins that may read responses. Default: `*`. */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => string | undefined | null);
  /** Default: GET, HEAD, PUT, POST, DELETE, PATCH. */
  allowMethods?: string[];
  /** Default: those that the preflight asks for. */
  allowHeaders?: string[];
  /** Seconds for which a preflight may be cached. */
  maxAge?: number;
  credentials?: boolean;
  exposeHeaders?: string[];
}

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/** Sets the headers that let other origins read responses, and answers preflights with 204. */
export function cors<State>(options: CORSOptions<State> = {}): Middleware<State> {
  const { origin = "*", allowMethods = METHODS, allowHeaders = [], exposeHeaders = [], credentials, maxAge } = options;
  return async (ctx) => {
    const allowed = allowedOrigin(origin, ctx);
    const headers = new Headers();
    if (allowed !== undefined) headers.set("access-control-allow-origin", allowed);
    if (credentials) headers.set("access-control-allow-credentials", "true");
    if (exposeHeaders.length > 0) headers.set("access-control-expose-headers", exposeHeaders.join(","));
    if (ctx.req.method !== "OPTIONS") {
      const response = await ctx.next();
      headers.forEach((value, name) => response.headers.set(name, value));
      if (origin !== "*") response.headers.append("vary", "Origin");
      return response;
    }
    const requested = ctx.req.headers.get("access-control-request-headers");
    const names = allowHeaders.length > 0 ? allowHeaders : requested?.split(/\s*,\s*/) ?? [];
    if (maxAge !== undefined) headers.set("access-control-max-age", String(maxAge));
    if (allowMethods.length > 0) headers.set("access-control-allow-methods", allowMethods.join(","));
    if (names.length > 0) {
      headers.set("access-control-allow-headers", names.join(","));
      headers.append("vary", "Access-Control-Request-Headers");
    }
    if (origin !== "*") headers.append("vary", "Origin");
    return new Response(null, { status: 204, headers });
  };
}

function allowedOrigin<State>(origin: CORSOptions<State>["origin"], ctx: Context<State>): string | undefined {
  const asking = ctx.req.headers.get("origin") ?? "";
  if (typeof origin === "function") return origin(asking, ctx) ?? undefined;
  if (typeof origin === "string") return origin;
  return origin?.includes(asking) ? asking : undefined;
}
