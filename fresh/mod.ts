/**
 * The public API of Fresh 2.3 on npm packages: apps, routes, middlewares.
 *
 * @example
 * ```ts
 * import { App, staticFiles } from "fresh";
 * export const app = new App().use(staticFiles()).get("/hi", (ctx) => ctx.text("hi")).fsRoutes();
 * ```
 */
export { App } from "./app.ts";
export type { Context, FreshContext } from "./context.ts";
export { cors, type CORSOptions } from "./cors.ts";
export { csp, type CSPOptions } from "./csp.ts";
export { csrf, type CsrfOptions } from "./csrf.ts";
export { createDefine, type Define, page } from "./define.ts";
export { HttpError } from "./error.ts";
export { ipFilter, type IpFilterOptions, type IpFilterRules } from "./ip_filter.ts";
export { staticFiles } from "./static_files.ts";
export { trailingSlashes } from "./trailing_slashes.ts";
export type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
export type { Island } from "./island.ts";
export type { Lazy, MaybeLazy } from "./lazy.ts";
export type {
  HandlerByMethod,
  HandlerFn,
  Middleware,
  MiddlewareFn,
  Route,
  RouteData,
  RouteHandler,
} from "./handler.ts";
export type {
  LayoutConfig,
  ListenOptions,
  Method,
  PageProps,
  PageResponse,
  RouteConfig,
  WebSocketHandlers,
  WebSocketUpgradeOptions,
} from "./types.ts";
