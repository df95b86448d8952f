/** What answers requests: middlewares, handlers, and the routes that they are part of. */
import type { Context } from "./context.ts";
import type { Method, PageResponse, RouteComponent, RouteConfig } from "./types.ts";

/** A step that answers, or calls `ctx.next()` to let the following steps answer. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;
export type MiddlewareFn<State> = Middleware<State>;
/** A middleware, or a function that loads one. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/** Answers a request, or returns `page(data)` to render the route's component. */
export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) => Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;

export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One function for all methods, or an object with one function a method. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

type PageData<Result> = Result extends PageResponse<infer Data> ? Data : never;
type ReturnedData<Fn> = Fn extends (...args: never) => infer Result ? PageData<Awaited<Result>> : never;

/** The `data` that a handler passes to its page: the union over its methods. */
export type RouteData<Handler> = [Handler] extends [never] ? unknown
  : Handler extends (...args: never) => unknown ? ReturnedData<Handler>
  : { [M in keyof Handler]: ReturnedData<Handler[M]> }[keyof Handler];

export interface Route<State> {
  component?: RouteComponent<State> | undefined;
  // deno-lint-ignore no-explicit-any
  handler?: RouteHandler<any, State> | undefined;
  config?: RouteConfig | undefined;
  /** Extra stylesheets. */
  css?: string[] | undefined;
}
