import type { Context } from "./context.ts";
import type { Middleware } from "./handler.ts";

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
  const { origin = "*", credentials, exposeHeaders = [] } = options;
  return async (ctx) => {
    const allowed = allowedOrigin(origin, ctx);
    const isPreflight = ctx.req.method === "OPTIONS";
    const response = isPreflight ? preflight(options, ctx.req.headers) : await ctx.next();
    const { headers } = response;
    if (allowed) headers.set("access-control-allow-origin", allowed);
    if (allowed && allowed !== "*") addVary(headers, "Origin");
    if (credentials) headers.set("access-control-allow-credentials", "true");
    if (exposeHeaders.length > 0) headers.set("access-control-expose-headers", exposeHeaders.join(","));
    return response;
  };
}

function preflight<State>(options: CORSOptions<State>, asked: Headers): Response {
  const { allowMethods = METHODS, allowHeaders = [], maxAge } = options;
  const headers = new Headers();
  if (maxAge !== undefined) headers.set("access-control-max-age", String(maxAge));
  if (allowMethods.length > 0) headers.set("access-control-allow-methods", allowMethods.join(","));
  const requested = asked.get("access-control-request-headers")?.split(/\s*,\s*/) ?? [];
  const names = allowHeaders.length > 0 ? allowHeaders : requested;
  if (names.length > 0) {
    headers.set("access-control-allow-headers", names.join(","));
    addVary(headers, "Access-Control-Request-Headers");
  }
  return new Response(null, { status: 204, statusText: "No Content", headers });
}

/** The origin that may read this response; absent when the asking one may not. */
function allowedOrigin<State>(origin: NonNullable<CORSOptions<State>["origin"]>, ctx: Context<State>) {
  if (origin === "*") return origin;
  const asking = ctx.req.headers.get("origin") ?? "";
  if (typeof origin === "function") return origin(asking, ctx);
  return [origin].flat().includes(asking) ? asking : undefined;
}

function addVary(headers: Headers, name: string): void {
  const others = headers.get("vary")?.split(/\s*,\s*/).filter((each) => each !== name) ?? [];
  headers.set("vary", [name, ...others].join(", "));
}
