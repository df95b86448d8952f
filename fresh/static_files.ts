import { CACHE_KEY } from "./asset.ts";
import { inside } from "./context.ts";
import type { Middleware } from "./handler.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
const UNCACHED = "no-cache, no-store, max-age=0, must-revalidate";

/**
 * Answers requests for static files and for the browser modules of the build. A file gets no headers from middlewares
 * registered after this one.
 */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { req, url, config } = ctx;
    const { snapshot } = ctx[inside];
    const path = pathOf(url.pathname, config.basePath);
    const file = path === undefined || path === "/" ? undefined : snapshot.readFile(path);
    if (file === undefined) return path === "/favicon.ico" ? new Response(null, { status: 404 }) : await ctx.next();
    if (req.method !== "GET" && req.method !== "HEAD") return new Response("Method Not Allowed", { status: 405 });

    const key = url.searchParams.get(CACHE_KEY);
    if (key !== null && key !== snapshot.buildId) {
      const location = new URL(url);
      location.searchParams.delete(CACHE_KEY);
      return new Response(null, { status: 307, headers: { location: location.pathname + location.search } });
    }
    const headers = new Headers({ "content-type": file.contentType, vary: "If-None-Match" });
    const isProduction = config.mode === "production";
    const known = req.headers.get("if-none-match");
    const etag = `W/"${file.hash}"`;
    if (isProduction && (known === etag || known === file.hash)) return new Response(null, { status: 304, headers });
    if (isProduction) headers.set("etag", etag);
    const isOfBuild = key !== null || path?.startsWith(`/_fresh/js/${snapshot.buildId}/`) === true;
    headers.set("cache-control", isOfBuild && isProduction ? IMMUTABLE : UNCACHED);
    headers.set("content-length", String(file.sizeBytes));
    return new Response(req.method === "HEAD" ? null : await file.read(), { headers });
  };
}

/** The path below the base path; absent when it is not below it or cannot be decoded. */
function pathOf(pathname: string, basePath: string): string | undefined {
  if (basePath !== "" && pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(basePath.length)) || "/";
  } catch {
    return undefined; // A malformed escape names no file.
  }
}
