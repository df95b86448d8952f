/** Types shared by the server side: what routes, handlers, middlewares and components look like. */
import type { ComponentChildren, ComponentClass, FunctionComponent } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";
import type { Context } from "./context.ts";

/** HTTP methods that a route can answer. */
export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "HEAD" | "OPTIONS";

/** Every method, in the order in which `Allow` lists them. */
export const METHODS: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** A step that answers, or calls `ctx.next()` to let the following steps answer. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;
export type MiddlewareFn<State> = Middleware<State>;
/** A middleware, or a function that loads one. */
export type MaybeLazyMiddleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response | Middleware<State>>;

/** What `page()` returns: data for the page component and parts of the response. */
export interface PageResponse<Data> {
  data: Data;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

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

/** What pages, layouts, error pages and the app wrapper get as props. */
export interface PageProps<Data = unknown, State = unknown> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: State;
  readonly isPartial: boolean;
  readonly route: string | null;
  readonly error: unknown;
  readonly data: Data;
  /** The inside of a layout or of the app wrapper. */
  readonly Component: FunctionComponent;
}

/** A component that may be an `async function` and may then also return a `Response`. */
export type PageComponent<Props> =
  | ((props: Props) => ComponentChildren | Response | Promise<ComponentChildren | Response>)
  | ComponentClass<Props>;

// A component of any data fits a route: its handler, not the route, decides what arrives.
// deno-lint-ignore no-explicit-any
export type RouteComponent<State> = PageComponent<PageProps<any, State>>;

export interface LayoutConfig {
  /** Drops the layouts of the outer scopes. */
  skipInheritedLayouts?: boolean;
  /** Drops `_app`. */
  skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  /** A pattern that replaces the one derived from the file's path. */
  routeOverride?: string;
  /** Methods that a lazily loaded route answers. Default: all. */
  methods?: "ALL" | Method[];
  /** Accepted for compatibility, without effect. */
  csp?: boolean;
}

export interface Route<State> {
  component?: RouteComponent<State> | undefined;
  // deno-lint-ignore no-explicit-any
  handler?: RouteHandler<any, State> | undefined;
  config?: RouteConfig | undefined;
  /** Extra stylesheets. */
  css?: string[] | undefined;
}

export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & { remoteAddress?: string };

export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

export interface WebSocketUpgradeOptions {
  /** Seconds without a pong after which the socket is closed. */
  idleTimeout?: number;
  protocol?: string;
}
