/** Server rendering: one hook on Preact's vnodes finds islands, slots, partials, `<Head>` and what needs a nonce. */
import { Signal } from "@preact/signals";
import { type ComponentChildren, Fragment, h, isValidElement, options, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { activeLink, hasNavAttribute, isNavOn, KEY_ATTRIBUTE, keyText, templateHasNav } from "./attributes.ts";
import { asset, assetSrcSet } from "./asset.ts";
import { Head, headKey } from "./head.ts";
import { Partial } from "./runtime.ts";
import { Slot } from "./serial.ts";
import { bootScript } from "./boot.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Island } from "./types.ts";
import { element } from "./vnode.ts";

type Props = Record<string, unknown>;

interface UsedIsland {
  readonly island: Island;
  readonly name: string;
  readonly props: Props;
}

/** What one render has found so far. */
export class RenderState {
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  /** Names the state in a response for client navigation, as the `X-Fresh-Id` header does: no content can know it. */
  readonly partialId: string;
  readonly islands: UsedIsland[] = [];
  readonly slots: { readonly prop: string; readonly content: ComponentChildren; isRendered: boolean }[] = [];
  readonly partials = new Set<string>();
  /** Children of `<Head>` by key; taken out as they replace elements of `<head>`. */
  readonly heads = new Map<string, VNode>();
  readonly rendered = { html: false, head: false, body: false };
  hasClientNav = false;
  /** How many partials are around what is rendered now. */
  partialDepth = 0;
  /** Whether what is rendered now belongs to an island, is collected for `<head>`, or stands in `<head>`. */
  place: "page" | "island" | "collect" | "head" = "page";

  constructor(
    readonly snapshot: Snapshot,
    readonly url: URL,
    readonly basePath: string,
    readonly isPartial: boolean,
    readonly styles: readonly string[],
  ) {
    this.partialId = isPartial ? crypto.randomUUID() : "";
  }

  /** Whether the page needs the browser runtime. */
  get needsClient(): boolean {
    return this.islands.length > 0 || this.hasClientNav || this.partials.size > 0;
  }
}

let current: RenderState | undefined;

/**
 * Renders the page to a string first and then the app wrapper around it; adds the elements of a document that neither
 * of them has.
 */
export function renderDocument(
  state: RenderState,
  page: VNode | null,
  wrap: ((page: VNode) => VNode) | undefined,
): string {
  const previous = current;
  current = state;
  try {
    let html = renderToString(page ?? h(Fragment, null));
    if (wrap !== undefined) html = renderToString(wrap(rawHtml(html)));
    const { rendered } = state;
    if (!rendered.html || !rendered.head || !rendered.body) html = renderToString(completed(rendered, html));
    return `<!DOCTYPE html>${html}`;
  } finally {
    current = previous;
  }
}

function completed(rendered: RenderState["rendered"], html: string): VNode {
  let document: VNode = rawHtml(html);
  if (!rendered.body) document = h("body", null, document);
  if (!rendered.head) document = h(Fragment, null, h("head", null, h("meta", { charset: "utf-8" })), document);
  return rendered.html ? document : h("html", null, document);
}

/** Subtle: a Fragment with `tpl` is how precompiled JSX hands ready markup to the renderer. */
function rawHtml(html: string): VNode {
  return element(Fragment, { tpl: [html], key: "html" });
}

function comment(text: string): VNode {
  return element(Fragment, { UNSTABLE_comment: text });
}

type VNodeHook = (vnode: VNode) => void;
const hooks: { __b?: VNodeHook; attr?: (name: string, value: unknown) => string | void } = options;
const nextHook = hooks.__b;
const nextAttr = hooks.attr;

// Vnodes may be constants of a module: what was written is kept, so that nothing of one request stays in them.
const written = new WeakMap<VNode, { type: unknown; props: Props }>();

hooks.__b = (vnode) => {
  if (current !== undefined) {
    const old = written.get(vnode);
    if (old !== undefined) Object.assign(vnode, { type: old.type, props: old.props });
    visit(current, vnode);
  }
  nextHook?.(vnode);
};

// Precompiled JSX asks this hook for attributes of static elements: when the JSX is evaluated, maybe before rendering.
hooks.attr = (name, value) => {
  if (name === "f-client-nav") return `${name}="${isNavOn(value)}"`;
  if (name === "key" && value !== undefined && value !== null) return `${KEY_ATTRIBUTE}="${keyText(value)}"`;
  return nextAttr?.(name, value);
};

function rewrite(vnode: VNode, type: unknown, props: Props): void {
  if (!written.has(vnode)) written.set(vnode, { type: vnode.type, props: { ...vnode.props } });
  Object.assign(vnode, { type, props });
}

function visit(state: RenderState, vnode: VNode): void {
  const { type } = vnode;
  const props: Props = { ...vnode.props };
  if (typeof type === "function") {
    if (type === Fragment) {
      if (!state.hasClientNav && "tpl" in props) {
        state.hasClientNav = templateHasNav(props["tpl"]) || hasNavAttribute(props["exprs"]);
      }
      return;
    }
    if (type === Head) return rewrite(vnode, CollectedHead, props);
    if (type === Partial) return rewrite(vnode, PartialFrame, { partial: props, id: vnode.key });
    const island = state.snapshot.islands.get(type);
    if (island !== undefined && state.place !== "island") {
      return rewrite(vnode, IslandFrame, { island, inner: props, id: vnode.key });
    }
    if (needsKey(state, vnode)) rewrite(vnode, KeyFrame, { type, inner: props, id: vnode.key });
    return;
  }
  if (typeof type !== "string") return;
  if (state.place === "collect" || state.place === "head") {
    const key = headKey(type, vnode.key, props);
    if (key !== undefined && state.place === "collect") {
      state.heads.set(key, element(type, { ...vnode.props, key: vnode.key }));
      return rewrite(vnode, Nothing, {});
    }
    const replacement = key === undefined ? undefined : state.heads.get(key);
    if (key !== undefined && replacement !== undefined) {
      state.heads.delete(key);
      const merged = { ...replacement.props, ...keyData(vnode) };
      return rewrite(vnode, type, changedProps(state, type, merged) ?? merged);
    }
  }
  if (needsKey(state, vnode)) props[KEY_ATTRIBUTE] = keyText(vnode.key);
  const changed = changedProps(state, type, { ...props, ...keyData(vnode) });
  if (changed !== undefined) rewrite(vnode, type, changed);
}

/** Whether the browser needs a key: to tell the children of a partial apart when it changes. */
function needsKey(state: RenderState, { key }: VNode): boolean {
  return key !== null && key !== undefined && state.partialDepth > 0 && state.place === "page";
}

/** Elements with a key carry it, so that the browser's `<Head>` finds them. */
function keyData(vnode: VNode): Props {
  const hasKey = vnode.key !== null && vnode.key !== undefined && headKey(vnode.type, vnode.key, {}) !== undefined;
  return hasKey ? { "data-key": String(vnode.key) } : {};
}

/** The props of an element with what Fresh adds, or `undefined` when it adds nothing. */
function changedProps(state: RenderState, type: string, props: Props): Props | undefined {
  let changed = props["data-key"] !== undefined || props[KEY_ATTRIBUTE] !== undefined;
  if ("f-client-nav" in props) {
    const isOn = isNavOn(props["f-client-nav"]);
    if (isOn) state.hasClientNav = true;
    props["f-client-nav"] = String(isOn);
    changed = true;
  }
  switch (type) {
    case "html":
      state.rendered.html = true;
      break;
    case "head":
      state.rendered.head = true;
      return { ...props, children: [h(Enter, { place: "head" }), props["children"], h(HeadRest, null)] };
    case "body":
      state.rendered.body = true;
      return { ...props, children: [props["children"], h(Scripts, null)] };
    case "script":
    case "style":
      if (props["nonce"] === undefined) return { ...props, nonce: state.nonce };
      break;
    case "a":
      return activeLink(state.url, props) ?? (changed ? props : undefined);
    case "img":
    case "source":
      if ("data-fresh-disable-lock" in props) break;
      if (typeof props["src"] === "string") props["src"] = asset(props["src"]);
      for (const name of ["srcset", "srcSet"]) {
        const value = props[name];
        if (typeof value === "string") props[name] = assetSrcSet(value);
      }
      return props;
  }
  return changed ? props : undefined;
}

/** Writes nothing; marks where, in the order of rendering, an island or slot begins or ends. */
function Enter({ place }: { place: RenderState["place"] }): null {
  if (current !== undefined) current.place = place;
  return null;
}

function Nothing(): null {
  return null;
}

function IslandFrame(frame: { island: Island; inner: Props; id: unknown }): VNode {
  const { island } = frame;
  if (current === undefined) return h(island.fn, frame.inner);
  const outer = current.place;
  const props: Props = {};
  const sent: Props = {};
  for (const [name, value] of Object.entries(frame.inner)) {
    props[name] = sent[name] = value;
    // Subtle: to Preact a signal is an element as well; here it is a value.
    const isSlot = !(value instanceof Signal) && (name === "children" ? value !== undefined : isValidElement(value));
    if (!isSlot || !isMarkup(value)) continue;
    const id = current.slots.push({ prop: name, content: value, isRendered: false }) - 1;
    props[name] = h(SlotFrame, { id, place: outer });
    sent[name] = new Slot(id, name);
  }
  const index = current.islands.push({ island, name: island.name, props: sent }) - 1;
  return h(
    Fragment,
    null,
    comment(`frsh:island:${island.name}:${index}:${keyText(frame.id)}`),
    h(Enter, { place: "island" }),
    h(island.fn, props),
    h(Enter, { place: outer }),
    comment("/frsh:island"),
  );
}

function SlotFrame({ id, place }: { id: number; place: RenderState["place"] }): VNode | null {
  const slot = current?.slots[id];
  if (current === undefined || slot === undefined) return null;
  slot.isRendered = true;
  const inner = current.place;
  return h(
    Fragment,
    null,
    comment(`frsh:slot:${id}:${slot.prop}`),
    h(Enter, { place }),
    h(Fragment, null, slot.content),
    h(Enter, { place: inner }),
    comment("/frsh:slot"),
  );
}

/** JSX may have anything as children; functions are the one thing that is not markup. */
function isMarkup(value: unknown): value is ComponentChildren {
  return typeof value !== "function";
}

function PartialFrame(frame: { partial: Props; id: unknown }): VNode {
  const { name, mode = "replace", children } = frame.partial;
  if (current?.place === "island") {
    throw new Error(`Cannot render <Partial name="${name}"> as it is inside an island`);
  }
  if (current?.partials.has(String(name))) {
    throw new Error(`Cannot render <Partial name="${name}"> as that name is already used on this page`);
  }
  current?.partials.add(String(name));
  const content = isMarkup(children) ? children : null;
  const text = `frsh:partial:${encodeURIComponent(String(name))}:${mode}:${keyText(frame.id)}`;
  return h(
    Fragment,
    null,
    comment(text),
    h(EnterPartial, { by: 1 }),
    h(Fragment, null, content),
    h(EnterPartial, { by: -1 }),
    comment("/frsh:partial"),
  );
}

function EnterPartial({ by }: { by: number }): null {
  if (current !== undefined) current.partialDepth += by;
  return null;
}

/** A component with a key, inside a partial. */
function KeyFrame(frame: { type: unknown; inner: Props; id: unknown }): VNode {
  const content = element(frame.type, frame.inner);
  return h(Fragment, null, comment(`frsh:key:${keyText(frame.id)}`), content, comment("/frsh:key"));
}

function CollectedHead(props: { children?: ComponentChildren }): null {
  if (current === undefined) return null;
  const outer = current.place;
  current.place = "collect";
  try {
    renderToString(h(Fragment, null, props.children));
  } finally {
    current.place = outer;
  }
  return null;
}

/** The children of `<Head>` that replaced nothing, and the stylesheets of the route. */
function HeadRest(): VNode | null {
  if (current === undefined) return null;
  current.place = "page";
  const rest = [...current.heads.values()];
  current.heads.clear();
  const styles = current.styles.map((href) => h("link", { rel: "stylesheet", href: asset(href) }));
  return h(Fragment, null, rest, styles);
}

/** Slots that no island has rendered yet, as templates, and the script that boots the page. */
function Scripts(): VNode {
  return h(Fragment, null, h(Waiting, null), h(Boot, null));
}

/** Subtle: one slot at a time, as the content of a slot may bring further islands with slots. */
function Waiting(): VNode | null {
  const id = current?.slots.findIndex((slot) => !slot.isRendered) ?? -1;
  if (id < 0) return null;
  const template = h("template", { id: `frsh-slot-${id}` }, h(SlotFrame, { id, place: "page" }));
  return h(Fragment, null, template, h(Waiting, null));
}

function Boot(): VNode | null {
  return current === undefined ? null : bootScript(current);
}
