import type { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import type { Middleware } from "./handler.ts";

/** Options of `csrf()`. */
export interface CsrfOptions<State = unknown> {
  /** Origins that may send unsafe requests besides the app's own. */
  origin?: string | string[] | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses unsafe requests that a browser sent on behalf of another site, with 403. A request without `Sec-Fetch-Site`
 * and `Origin`, as from curl, came from no browser and passes.
 */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  return (ctx) => {
    if (SAFE_METHODS.has(ctx.req.method)) return ctx.next();
    const site = ctx.req.headers.get("sec-fetch-site");
    const origin = ctx.req.headers.get("origin");
    if (site === "same-origin" || site === "none" || (site === null && origin === null)) return ctx.next();
    if (origin !== null && isAllowed(origin, options.origin, ctx)) return ctx.next();
    throw new HttpError(403);
  };
}

function isAllowed<State>(origin: string, allowed: CsrfOptions<State>["origin"], ctx: Context<State>): boolean {
  if (allowed === undefined) return origin === ctx.url.origin;
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
}
