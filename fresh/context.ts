import { type FunctionComponent, isValidElement, type VNode } from "preact";
import { preloadHeader } from "./boot.ts";
import { HttpError } from "./error.ts";
import { noteNonce } from "./nonces.ts";
import { renderComponent } from "./page_render.ts";
import { renderDocument } from "./render.ts";
import { RenderState } from "./render_state.ts";
import type { Snapshot } from "./snapshot.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import type { LayoutConfig, RouteComponent, WebSocketHandlers, WebSocketUpgradeOptions } from "./types.ts";

/** The query parameter of requests made by client navigation. */
export const PARTIAL_PARAM = "fresh-partial";

/** Key of what the framework keeps in a context. */
export const inside: unique symbol = Symbol("fresh.inside");

interface Inside<State> {
  readonly snapshot: Snapshot;
  app: RouteComponent<State> | undefined;
  layouts: readonly RouteComponent<State>[];
  styles: readonly string[];
}

/** What made a context: given by the app. */
export interface ContextInit<State> {
  readonly req: Request;
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly snapshot: Snapshot;
  readonly state: State;
}

/** @deprecated The name of `Context` in Fresh 1. */
export type FreshContext<State = unknown> = Context<State>;

const ENCODER = new TextEncoder();

/** What middlewares and handlers get: one for each request. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  /** The pattern that matched, or null. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** Shared by all steps of a request: change it, do not replace it. */
  readonly state: State;
  readonly info: Deno.ServeHandlerInfo;
  /** Whether client navigation asked, and only partials are needed. */
  readonly isPartial: boolean;
  /** What the route's handler passed to `page()`. */
  data: unknown = undefined;
  /** The last error that was caught. */
  error: unknown = null;
  /** Runs the steps after this one. What follows `await ctx.next()` is skipped when one of them throws. */
  next: () => Promise<Response> = () => Promise.reject(new HttpError(404));
  /** The inside of an async layout. */
  Component: FunctionComponent = () => null;
  readonly [inside]: Inside<State>;

  constructor(init: ContextInit<State>) {
    const { req, url, info, route, params, config, state, snapshot } = init;
    this.req = req;
    this.url = url;
    this.info = info;
    this.route = route;
    this.params = params;
    this.config = config;
    this.state = state;
    this.isPartial = url.searchParams.has(PARTIAL_PARAM);
    this[inside] = { snapshot, app: undefined, layouts: [], styles: [] };
  }

  /**
   * Renders JSX inside the layouts and the app wrapper of this path.
   * @throws TypeError when what is given is neither JSX nor null.
   */
  async render(vnode: VNode | null, init: ResponseInit = {}, config: LayoutConfig = {}): Promise<Response> {
    if (arguments.length === 0) throw new TypeError("No arguments passed to: ctx.render()");
    if (vnode !== null && !isValidElement(vnode)) throw new TypeError("Non-JSX element passed to: ctx.render()");
    const { app, layouts, snapshot, styles } = this[inside];
    let page = vnode;
    for (const layout of config.skipInheritedLayouts ? [] : layouts.toReversed()) {
      const child = page;
      const result = await renderComponent(this, layout, () => child);
      if (result instanceof Response) return result;
      page = result;
    }
    let content: VNode | null = null;
    const wrapper = app === undefined || config.skipAppWrapper
      ? undefined
      : await renderComponent(this, app, () => content);
    if (wrapper instanceof Response) return wrapper;

    const state = new RenderState(snapshot, this.url, this.config.basePath, this.isPartial, styles);
    const html = renderDocument(
      state,
      page,
      wrapper === undefined || wrapper === null ? undefined : (inner) => {
        content = inner;
        return wrapper;
      },
    );
    const headers = new Headers(init.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    const preload = preloadHeader(state);
    if (preload !== undefined) headers.append("link", preload);
    if (this.isPartial) headers.set("x-fresh-id", state.partialId);
    const response = new Response(html, { ...init, status: init.status ?? 200, headers });
    noteNonce(response, state.nonce);
    return response;
  }

  /** Redirects; double slashes are collapsed, so that no other host can be named by a path. */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (location.startsWith("/")) {
      const end = location.search(/[?#]/);
      const path = end < 0 ? location : location.slice(0, end);
      location = path.replaceAll(/\/+/g, "/") + location.slice(path.length);
    }
    if (this.isPartial) {
      const [base = "", ...hash] = location.split("#");
      const separator = base.includes("?") ? "&" : "?";
      location = [`${base}${separator}${PARTIAL_PARAM}=true`, ...hash].join("#");
    }
    return new Response(null, { status, headers: { location } });
  }

  /** Responds with plain text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Responds with HTML that is sent as it is. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Responds with JSON. */
  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Responds with what an iterable yields, as it comes; strings are encoded as UTF-8. */
  stream<Chunk extends string | Uint8Array>(
    source: Iterable<Chunk> | AsyncIterable<Chunk> | (() => Iterable<Chunk> | AsyncIterable<Chunk>),
    init?: ResponseInit,
  ): Response {
    const chunks: ReadableStream<string | Uint8Array> = ReadableStream.from(
      typeof source === "function" ? source() : source,
    );
    const encode = new TransformStream<string | Uint8Array, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        controller.enqueue(typeof chunk === "string" ? ENCODER.encode(chunk) : new Uint8Array(chunk));
      },
    });
    return new Response(chunks.pipeThrough(encode), init);
  }

  /**
   * Upgrades the request to a WebSocket: with handlers returns the response, without them the socket as well.
   * @throws HttpError 400 when the request asks for no WebSocket.
   */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first: WebSocketHandlers | WebSocketUpgradeOptions = {},
    second: WebSocketUpgradeOptions = {},
  ): Response | { socket: WebSocket; response: Response } {
    if (this.req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new HttpError(400, "Expected a WebSocket upgrade request");
    }
    if (!isHandlers(first)) return Deno.upgradeWebSocket(this.req, first);
    const { socket, response } = Deno.upgradeWebSocket(this.req, second);
    socket.addEventListener("open", () => first.open?.(socket));
    socket.addEventListener("message", (event) => first.message?.(socket, event));
    socket.addEventListener("close", (event) => first.close?.(socket, event.code, event.reason));
    socket.addEventListener("error", (event) => first.error?.(socket, event));
    return response;
  }
}

function isHandlers(value: WebSocketHandlers | WebSocketUpgradeOptions): value is WebSocketHandlers {
  return ["open", "message", "close", "error"].some((name) => name in value);
}
