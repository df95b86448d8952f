import type { Middleware } from "./handler.ts";

/** Redirects (302) so that every path but `/` ends in a slash, or that none does. A file name never gets one. */
export function trailingSlashes<State>(mode: "always" | "never"): Middleware<State> {
  return (ctx) => {
    const { pathname, search } = ctx.url;
    const hasSlash = pathname.endsWith("/");
    if (pathname === "/" || hasSlash === (mode === "always")) return ctx.next();
    if (mode === "always" && /\.[^/.]+$/.test(pathname)) return ctx.next();
    const path = mode === "always" ? `${pathname}/` : pathname.replace(/\/+$/, "");
    return ctx.redirect(path + search);
  };
}
