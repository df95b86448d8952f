/** Types shared by the server side: what pages, their props and their settings look like. */
import type { ComponentChildren, ComponentClass, FunctionComponent } from "preact";
import type { ResolvedFreshConfig } from "./config.ts";

/** HTTP methods that a route can answer. */
export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "HEAD" | "OPTIONS";

/** Every method, in the order in which `Allow` lists them. */
export const METHODS: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What `page()` returns: data for the page component and parts of the response. */
export interface PageResponse<Data> {
  data: Data;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

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
