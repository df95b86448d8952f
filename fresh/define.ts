import type { Middleware, RouteData, RouteHandler } from "./handler.ts";
import type { PageComponent, PageProps, PageResponse } from "./types.ts";

/** Identity functions that give handlers, pages, layouts and middlewares their types. */
export interface Define<State> {
  /** `define.handlers<Data>(…)` checks what the handlers pass to `page()`. */
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(handlers: Handlers): Handlers;
  /**
   * `define.page<typeof handler>(…)` infers `props.data` from what the handler passes to `page()`; without a handler,
   * `define.page<never, Data>(…)` names it.
   */
  page<Handler = never, Data = RouteData<Handler>>(
    component: PageComponent<PageProps<Data, State>>,
  ): PageComponent<PageProps<Data, State>>;
  layout(component: PageComponent<PageProps<unknown, State>>): PageComponent<PageProps<unknown, State>>;
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): M;
}

/**
 * Typed helpers for one kind of state.
 * @example export const define = createDefine<{ user: string }>();
 */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (component) => component,
    layout: (component) => component,
    middleware: (middleware) => middleware,
  };
}

/**
 * Lets the route's component render with `data` as `props.data`.
 * @example return page({ rows }, { status: 201 });
 */
export function page(): PageResponse<undefined>;
export function page<Data>(data: Data, options?: { headers?: HeadersInit; status?: number }): PageResponse<Data>;
export function page(data?: unknown, options?: { headers?: HeadersInit; status?: number }): PageResponse<unknown> {
  return { data, headers: options?.headers, status: options?.status };
}
