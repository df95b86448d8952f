/** The middlewares that stand before every route, outermost first. */
import { csp, type Middleware } from "fresh";
import type { State } from "../app_state.ts";
import { failed } from "../api_route.ts";
import { guard, isOpen } from "./guard.ts";
import { isSecure, setHeaders } from "./headers.ts";
import { ProblemError } from "../problem.ts";
import { checkRequestLimits } from "./limits.ts";
import { meterBody } from "../telemetry/meter_body.ts";
import { v1Error } from "../v1/answer.ts";

/** One line in the log for each request, when its body has ended. */
export const logRequests: Middleware<State> = async (ctx) => {
  const startedMs = performance.now();
  const response = await ctx.next();
  const { log, requestId: id } = ctx.state;
  const { status } = response;
  const route = ctx.route ?? "none";
  const { method } = ctx.req;
  const write = (bytes: number, isCancelled: boolean) => {
    const ms = Math.round(performance.now() - startedMs);
    const line = { id, method, route, status, ms, bytes };
    ctx.state.counts.add({ ...line, cancelled: isCancelled });
    log.request({ ...line, ...ctx.state.tally, ...(isCancelled ? { cancelled: true as const } : {}) });
  };
  if (method !== "HEAD") return meterBody(response, write);
  // Fresh ends the body of an answer to HEAD unread.
  write(0, false);
  return response;
};

/** Every response gets the headers, an error that nothing else caught too. */
export const secureResponses: Middleware<State> = async (ctx) => {
  const response = await caught(ctx);
  // What somebody reports is found in the log by it, whatever the body of the answer tells.
  response.headers.set("x-request-id", ctx.state.requestId);
  if (isPageRead(ctx.req, ctx.url)) addProblemHeaders(response, ctx.state);
  setHeaders(response.headers, isSecure(ctx.req, ctx.url));
  return response;
};

/** A page tells a problem in its text, and when to try again in a header, as the API does. */
function addProblemHeaders({ status, headers }: Response, { problemHeaders }: State): void {
  for (const [name, value] of Object.entries(problemHeaders.get(status) ?? {})) {
    if (!headers.has(name)) headers.set(name, value);
  }
}

/** Subtle: what no `_error` route catches arrives here; left alone, its answer would have no headers. */
async function caught(ctx: Parameters<Middleware<State>>[0]): Promise<Response> {
  try {
    const response = await ctx.next();
    // Redirects and files can come with headers that may not change.
    return new Response(response.body, response);
  } catch (error) {
    // Subtle: what is refused below /v1 is read by clients of OpenAI too, before any route is reached.
    return ctx.url.pathname.startsWith("/v1/") ? v1Error(ctx, error) : failed(ctx, error);
  }
}

/** What the page of a refusal is made of. */
export interface Refused {
  /** As the problem has them. */
  readonly title: string;
  readonly detail: string;
  readonly url: URL;
  /** Whether the app's token would help. */
  readonly asksToken: boolean;
  /** Of the policy that the page is sent with. */
  readonly nonce: string;
}

/**
 * A browser that opens an address which is refused gets a page in place of the problem, with the same status and headers.
 * @param render makes its HTML; its style carries the nonce
 */
export function refusalPages(render: (refused: Refused) => string): Middleware<State> {
  return async (ctx) => {
    try {
      return await ctx.next();
    } catch (error) {
      if (!(error instanceof ProblemError) || !opensPage(ctx.req, ctx.url)) throw error;
      const { headers, status } = failed(ctx, error);
      const nonce = crypto.randomUUID();
      const { title, detail } = error;
      const asksToken = status === 401 && ctx.state.access.needsToken;
      headers.set("content-type", "text/html; charset=utf-8");
      // `secureResponses` takes the nonce from here, and writes the whole policy.
      headers.set("content-security-policy", `'nonce-${nonce}'`);
      return new Response(render({ title, detail, url: ctx.url, asksToken, nonce }), { status, headers });
    }
  };
}

/** Subtle: a script that asks for JSON or for anything gets the problem, as it always did. */
function opensPage(request: Request, url: URL): boolean {
  return isPageRead(request, url) && (request.headers.get("accept") ?? "").includes("text/html");
}

function isPageRead({ method }: Request, { pathname }: URL): boolean {
  const isPage = !pathname.startsWith("/api/") && !pathname.startsWith("/v1/");
  return isPage && (method === "GET" || method === "HEAD");
}

/** Default-deny: nothing below runs for a request that may not be made. */
export const admitRequests: Middleware<State> = (ctx) => {
  const { access } = ctx.state;
  const { remoteAddr } = ctx.info;
  const peer = "hostname" in remoteAddr ? remoteAddr.hostname : "local";
  const client = isOpen(ctx.req, ctx.url) ? peer : access.clientOf(ctx.req, peer);
  Object.assign(ctx.state, { client });
  const answer = guard(ctx.req, ctx.url, access, client);
  if (answer !== undefined) return answer;
  checkRequestLimits(ctx.req);
  return ctx.next();
};

/** A page's address that was written with slashes too many leads to the page. */
export const oneSlash: Middleware<State> = (ctx) => {
  const { pathname, search } = ctx.url;
  if (!isPageRead(ctx.req, ctx.url) || pathname === "/" || !pathname.endsWith("/")) return ctx.next();
  // Subtle: no name is empty, so that what follows the first slash is never another host.
  const location = `/${pathname.split("/").filter((name) => name !== "").join("/")}${search}`;
  return new Response(null, { status: 308, headers: { location } });
};

/** Makes pages render with a nonce; `secureResponses` writes the policy that is sent. */
export const nonces: Middleware<State> = csp<State>({
  useNonce: true,
  csp: ["script-src 'unsafe-inline'", "style-src 'unsafe-inline'"],
});
