import { STATUS_CODES } from "node:http";
import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import { registerRouteFile } from "./fs_routes.ts";
import { listen } from "./listen.ts";
import { joinPath } from "./pattern.ts";
import { addRoute, type Registry } from "./registry.ts";
import { Router } from "./router.ts";
import { chainOf, newScope, runChain, scopeAt } from "./scope.ts";
import { EMPTY_SNAPSHOT, type Snapshot, snapshotOf } from "./snapshot.ts";
import type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
import type { MaybeLazy } from "./lazy.ts";
import type { MaybeLazyMiddleware, Middleware, Route } from "./handler.ts";
import {
  type LayoutConfig,
  type ListenOptions,
  type Method,
  METHODS,
  type RouteComponent,
  type RouteConfig,
  type WebSocketHandlers,
  type WebSocketUpgradeOptions,
} from "./types.ts";

type Steps<State> = readonly MaybeLazyMiddleware<State>[];

/** A registration, done when the handler is made; `base` is where the app is mounted. */
export type Registration<State> = (registry: Registry<State>, base: string) => void;

const LOCAL_INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/**
 * An application: a list of registrations whose order has meaning. A route captures the middlewares, layouts, app
 * wrapper and error routes that were registered before it.
 * @example new App().use(staticFiles()).get("/hi", (ctx) => ctx.text("hi")).fsRoutes().handler()
 */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #registrations: Registration<State>[] = [];
  #parent: App<State> | undefined;

  constructor(config: FreshConfig = {}) {
    const { mode = "production", trustProxy = false } = config;
    this.config = { root: ".", basePath: checkedBasePath(config.basePath ?? ""), mode, trustProxy };
  }

  /** Adds middlewares for all paths, or for a path and those below it. */
  use(...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this;
  use(...args: (string | MaybeLazyMiddleware<State>)[]): this {
    const path = typeof args[0] === "string" ? args[0] : "*";
    const middlewares = args.filter((each) => typeof each !== "string");
    return this.#add(({ root }, base) => {
      scopeAt(root, joinPath(base, path)).middlewares.push(...middlewares);
    });
  }

  get(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }
  post(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }
  put(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }
  patch(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }
  delete(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }
  head(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }
  /** Adds middlewares for every method. */
  all(path: string, ...middlewares: MaybeLazyMiddleware<State>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }
  /** Adds a WebSocket at a path. */
  ws(path: string, handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): this {
    return this.get(path, (ctx) => ctx.upgrade(handlers, options));
  }

  /** Adds a route: a component, a handler or both; or a function that loads one on first use. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    return this.#add((registry, base) => addRoute(registry, base, { path, scope: path, route, config }));
  }

  /** Adds a layout for a path and those below it. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add(({ root }, base) => {
      scopeAt(root, joinPath(base, path)).layout = { component, config };
    });
  }

  /** Sets the component that holds `<html>`. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add(({ root }) => {
      root.app = component;
    });
  }

  /** Sets what answers when a path or one below it throws. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }, base) => {
      scopeAt(root, joinPath(base, path)).errorRoute = asRoute(route);
    });
  }

  /** Sets what answers every 404. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#add(({ root }) => {
      root.notFound = asRoute(route);
    });
  }

  /** Adds the files of the routes folder here, below `pattern`. */
  fsRoutes(pattern = "*"): this {
    return this.#add((registry, base) => {
      const below = joinPath(base, pattern);
      for (const file of registry.snapshot.routes) registerRouteFile(registry, below, file);
    });
  }

  /** Adds all that another app has registered so far, below a path; its own base path comes after that. */
  mountApp(path: string, app: App<State>): this {
    const inner = [...app.#registrations];
    app.#parent = this;
    return this.#add((registry, base) => {
      const below = joinPath(joinPath(base, path), app.config.basePath === path ? "" : app.config.basePath);
      for (const register of inner) register(registry, below);
    });
  }

  #add(registration: Registration<State>): this {
    this.#registrations.push(registration);
    return this;
  }

  #handle(methods: readonly Method[], path: string, middlewares: Steps<State>): this {
    return this.#add(({ root, router, basePath }, base) => {
      const pattern = joinPath(base, path);
      const steps = [...chainOf(scopeAt(root, pattern)), ...middlewares];
      for (const method of methods) router.add(method, joinPath(basePath, pattern), steps);
    });
  }

  #snapshot(): Snapshot {
    return snapshotOf(this) ?? (this.#parent === undefined ? EMPTY_SNAPSHOT : this.#parent.#snapshot());
  }

  /** The function for `Deno.serve()`, or to be called in tests. */
  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const snapshot = this.#snapshot();
    const { basePath } = this.config;
    const registry: Registry<State> = { root: newScope(), router: new Router(), snapshot, basePath };
    for (const register of this.#registrations) register(registry, "");
    const rootSteps = chainOf(registry.root);
    return (req, info = LOCAL_INFO) => this.#respond(registry, rootSteps, req, info);
  }

  async #respond(
    { router, snapshot }: Registry<State>,
    rootSteps: Steps<State>,
    req: Request,
    info: Deno.ServeHandlerInfo,
  ): Promise<Response> {
    const url = requestUrl(req, this.config.trustProxy);
    const method = METHODS.find((each) => each === req.method.toUpperCase());
    const { pattern, params, item } = router.match(method ?? "GET", url);
    const steps = method === undefined ? undefined : item;
    const state = {} as State; // As upstream: an app's state begins empty, and its middlewares fill it.
    const ctx = new Context<State>({ req, url, info, route: pattern, params, config: this.config, snapshot, state });
    const shown = (response: Response) => snapshot.showError?.(ctx.error, req, response) ?? response;
    try {
      const response: unknown = await runChain(steps ?? rootSteps, ctx, async () => {
        if (pattern === null || steps !== undefined) throw new HttpError(404);
        if (method !== "OPTIONS") throw new HttpError(405);
        return await Promise.resolve(optionsResponse(router.allowed(pattern)));
      });
      if (!(response instanceof Response)) {
        throw new TypeError(`Expected a "Response" instance to be returned, but got: ${String(response)}`);
      }
      if (method !== "HEAD") return shown(response);
      // Nobody reads it: whoever writes it is told.
      await response.body?.cancel();
      return new Response(null, response);
    } catch (error) {
      ctx.error = error;
      return shown(errorResponse(error));
    }
  }

  /** Begins to serve the app; without a port, on the first free one of 8000–8019. */
  // deno-lint-ignore require-await -- as upstream's
  async listen(options: ListenOptions = {}): Promise<void> {
    listen(options, this.config.basePath, this.handler());
  }
}

/** Error and 404 routes may be given as just a middleware. */
function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** @throws Error when a base path is not "/" or such as "/docs". */
function checkedBasePath(basePath: string): string {
  if (["", "/", "./"].includes(basePath)) return "";
  const invalid = `Invalid basePath: "${basePath}".`;
  if (!basePath.startsWith("/")) throw new Error(`${invalid} Must be empty, "/", "./", or start with "/"`);
  if (basePath.endsWith("/")) throw new Error(`${invalid} Must not end with "/" except for root path`);
  if (!/^[\w/.-]+$/.test(basePath)) throw new Error(`${invalid} Contains invalid characters`);
  return basePath;
}

function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  if (url.pathname.includes("//")) url.pathname = url.pathname.replaceAll(/\/+/g, "/");
  if (!trustProxy) return url;
  const protocol = req.headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  const host = req.headers.get("x-forwarded-host")?.split(",")[0]?.trim();
  if (protocol) url.protocol = protocol;
  if (host) url.host = host;
  return url;
}

function optionsResponse(methods: readonly Method[]): Response {
  return new Response(null, { status: 204, headers: { allow: methods.join(", ") } });
}

/** What is sent when nothing caught an error. */
function errorResponse(error: unknown): Response {
  if (!(error instanceof HttpError) || error.status >= 500) console.error(error);
  if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
  return new Response(error.message || STATUS_CODES[error.status] || null, { status: error.status });
}
