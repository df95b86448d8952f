/** Scopes: what a path inherits from the paths above it, captured when a route is registered. */
import { type Context, inside } from "./context.ts";
import { HttpError, statusOf } from "./error.ts";
import { scopeSegments } from "./pattern.ts";
import { renderComponent } from "./page_render.ts";
import type { HandlerFn, MaybeLazyMiddleware, Middleware, Route, RouteHandler } from "./handler.ts";
import type { LayoutConfig, PageResponse, RouteComponent } from "./types.ts";

/** A node of the tree of paths. */
export interface Scope<State> {
  readonly parent: Scope<State> | undefined;
  readonly children: Map<string, Scope<State>>;
  readonly middlewares: MaybeLazyMiddleware<State>[];
  layout: { readonly component: RouteComponent<State>; readonly config: LayoutConfig } | undefined;
  app: RouteComponent<State> | undefined;
  errorRoute: Route<State> | undefined;
  /** On the root scope alone. Read when a 404 occurs, so the last one registered answers. */
  notFound: Route<State> | undefined;
}

export function newScope<State>(parent?: Scope<State>): Scope<State> {
  return {
    parent,
    children: new Map(),
    middlewares: [],
    layout: undefined,
    app: undefined,
    errorRoute: undefined,
    notFound: undefined,
  };
}

/** The scope of a path, made if there is none yet. */
export function scopeAt<State>(root: Scope<State>, path: string): Scope<State> {
  let scope = root;
  for (const segment of scopeSegments(path)) {
    const child = scope.children.get(segment) ?? newScope(scope);
    scope.children.set(segment, child);
    scope = child;
  }
  return scope;
}

/** The steps of a scope and those above it, as they are now. */
export function chainOf<State>(scope: Scope<State>): MaybeLazyMiddleware<State>[] {
  const path: Scope<State>[] = [];
  for (let at: Scope<State> | undefined = scope; at !== undefined; at = at.parent) path.unshift(at);
  const root = path[0] ?? scope;
  return path.flatMap((each) => [enterScope(each, root), ...each.middlewares]);
}

/** Wraps what follows in the scope's layout and app, and catches errors: outside of the scope's own middlewares. */
function enterScope<State>(scope: Scope<State>, root: Scope<State>): Middleware<State> {
  const { layout, app, errorRoute } = scope;
  return async (ctx) => {
    const wrapping = ctx[inside];
    const { app: outerApp, layouts: outerLayouts } = wrapping;
    if (app !== undefined) wrapping.app = app;
    if (layout?.config.skipAppWrapper) wrapping.app = undefined;
    if (layout !== undefined) {
      const outer = layout.config.skipInheritedLayouts ? [] : outerLayouts;
      wrapping.layouts = [...outer, layout.component];
    }
    try {
      return await ctx.next();
    } catch (error) {
      ctx.error = error;
      const status = statusOf(error);
      if (status === 404 && root.notFound !== undefined) return await runRoute(ctx, root.notFound);
      if (errorRoute !== undefined) return await runRoute(ctx, errorRoute, status);
      throw error;
    } finally {
      wrapping.app = outerApp;
      wrapping.layouts = outerLayouts;
    }
  };
}

/** Runs the steps one inside the other; `ctx.next` is always the step after the one that runs. */
export function runChain<State>(
  steps: readonly MaybeLazyMiddleware<State>[],
  ctx: Context<State>,
  end: () => Promise<Response>,
): Promise<Response> {
  let next = end;
  for (const step of steps.toReversed()) {
    const after = next;
    next = async () => {
      ctx.next = after;
      try {
        const result = await step(ctx);
        if (typeof result !== "function") return result;
        ctx.next = after;
        return await result(ctx);
      } catch (error) {
        ctx.error = error;
        throw error;
      }
    };
  }
  return next();
}

/** Gives a route the handler that it implies: a component renders on GET, nothing at all is a 404. */
export function withHandler<State>(route: Route<State>): Route<State> & { handler: RouteHandler<unknown, State> } {
  const { handler, component } = route;
  if (handler === undefined) return { ...route, handler: component === undefined ? notFound : renderOnly };
  if (typeof handler === "function" || component === undefined || handler.GET !== undefined) {
    return { ...route, handler };
  }
  return { ...route, handler: { ...handler, GET: renderOnly } };
}

function renderOnly(): PageResponse<unknown> {
  return { data: {} };
}

function notFound(): never {
  throw new HttpError(404);
}

/** Runs a route's handler and renders its component unless the handler answered by itself. */
export async function runRoute<State>(ctx: Context<State>, route: Route<State>, status = 200): Promise<Response> {
  const { handler, component, config, css } = withHandler(route);
  if (config?.skipAppWrapper) ctx[inside].app = undefined;
  if (config?.skipInheritedLayouts) ctx[inside].layouts = [];
  if (css !== undefined) ctx[inside].styles = css;
  const fn = handlerFor(handler, ctx.req.method);
  if (fn === undefined) return await ctx.next();
  const result: unknown = await fn(ctx);
  if (result instanceof Response) return result;
  if (!isPageResponse(result)) {
    throw new TypeError(`Expected a "Response" instance to be returned, but got: ${String(result)}`);
  }
  ctx.data = result.data;
  const vnode = component === undefined ? null : await renderComponent(ctx, component, () => null);
  if (vnode instanceof Response) return vnode;
  const headers = new Headers(result.headers);
  return await ctx.render(vnode, { status: result.status ?? status, headers });
}

function handlerFor<State>(
  handler: RouteHandler<unknown, State>,
  method: string,
): HandlerFn<unknown, State> | undefined {
  if (typeof handler === "function") return handler;
  const own = Object.entries(handler).find(([name]) => name === method)?.[1];
  return own ?? (method === "HEAD" ? handler.GET : undefined);
}

function isPageResponse(value: unknown): value is PageResponse<unknown> {
  return typeof value === "object" && value !== null;
}
