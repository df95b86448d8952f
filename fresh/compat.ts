/** What Fresh 1 called by other names: `fresh/compat`. */
import type { Context } from "./context.ts";
import type { HandlerFn, RouteHandler } from "./handler.ts";
import type { PageComponent, PageProps } from "./types.ts";

/** @deprecated Use `PageProps`. */
export type AppProps<_Data = unknown, State = unknown> = Context<State>;
/** @deprecated Use `PageProps`. */
export type LayoutProps<_Data = unknown, State = unknown> = Context<State>;
/** @deprecated Use `PageProps`. */
export type UnknownPageProps<_Data = unknown, State = unknown> = Context<State>;
/** @deprecated Use `PageProps`. */
export type ErrorPageProps<_Data = unknown, State = unknown> = Context<State>;
/** @deprecated Use `Context`. */
export type RouteContext<_Data = never, State = Record<string, unknown>> = Context<State>;
/** @deprecated Use `RouteHandler`. */
export type Handlers<Data = unknown, State = Record<string, unknown>> = RouteHandler<Data, State>;
/** @deprecated Use `HandlerFn`. */
export type Handler<Data = unknown, State = Record<string, unknown>> = HandlerFn<Data, State>;

type Component<State> = PageComponent<PageProps<unknown, State>>;

/** @deprecated Use `define.page()`. */
export function defineApp<State>(component: Component<State>): Component<State> {
  return component;
}

/** @deprecated Use `define.page()`. */
export function defineRoute<State>(component: Component<State>): Component<State> {
  return component;
}

/** @deprecated Use `define.layout()`. */
export function defineLayout<State>(component: Component<State>): Component<State> {
  return component;
}
