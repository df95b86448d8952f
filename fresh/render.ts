/** Server rendering: one hook on Preact's vnodes finds islands, slots, partials, `<Head>` and what needs a nonce. */
import { type ComponentChildren, Fragment, h, options, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { hasNavAttribute, isNavOn, KEY_ATTRIBUTE, keyText, templateHasNav } from "./attributes.ts";
import { asset, assetSrcSet } from "./asset.ts";
import { bootScript, firstScript } from "./boot.ts";
import { Enter, IslandFrame, KeyFrame, PartialFrame, Waiting } from "./frames.ts";
import { Head, headKey } from "./head.ts";
import { activeLink } from "./link_place.ts";
import { during, rendering, type RenderState } from "./render_state.ts";
import { Partial } from "./runtime.ts";
import { element } from "./vnode.ts";

type Props = Record<string, unknown>;

/**
 * Stands first in `<head>` for the script that is known to be needed only when all is rendered.
 * Subtle: below a stylesheet a script would wait for that, and below the fields it may run after they are used.
 */
const FIRST = "<!--frsh:first-->";

/**
 * Renders the page to a string first and then the app wrapper around it; adds the elements of a document that neither
 * of them has.
 */
export function renderDocument(
  state: RenderState,
  page: VNode | null,
  wrap: ((page: VNode) => VNode) | undefined,
): string {
  return during(state, () => {
    let html = renderToString(page ?? h(Fragment, null));
    if (wrap !== undefined) html = renderToString(wrap(rawHtml(html)));
    const { rendered } = state;
    if (!rendered.html || !rendered.head || !rendered.body) html = renderToString(completed(rendered, html));
    html = html.replace(FIRST, () => renderToString(h(Fragment, null, firstScript(state))));
    return `<!DOCTYPE html>${html}`;
  });
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

type VNodeHook = (vnode: VNode) => void;
const hooks: { __b?: VNodeHook; attr?: (name: string, value: unknown) => string | void } = options;
const nextHook = hooks.__b;
const nextAttr = hooks.attr;

// Vnodes may be constants of a module: what was written is kept, so that nothing of one request stays in them.
const written = new WeakMap<VNode, { type: unknown; props: Props }>();

hooks.__b = (vnode) => {
  const state = rendering();
  if (state !== undefined) {
    const old = written.get(vnode);
    if (old !== undefined) Object.assign(vnode, { type: old.type, props: old.props });
    visit(state, vnode);
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
      return {
        ...props,
        children: [rawHtml(FIRST), h(Enter, { place: "head" }), props["children"], h(HeadRest, null)],
      };
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

function Nothing(): null {
  return null;
}

function CollectedHead(props: { children?: ComponentChildren }): null {
  const state = rendering();
  if (state === undefined) return null;
  const outer = state.place;
  state.place = "collect";
  try {
    renderToString(h(Fragment, null, props.children));
  } finally {
    state.place = outer;
  }
  return null;
}

/** The children of `<Head>` that replaced nothing, and the stylesheets of the route. */
function HeadRest(): VNode | null {
  const state = rendering();
  if (state === undefined) return null;
  state.place = "page";
  const rest = [...state.heads.values()];
  state.heads.clear();
  const styles = state.styles.map((href) => h("link", { rel: "stylesheet", href: asset(href) }));
  return h(Fragment, null, rest, styles);
}

/** Slots that no island has rendered yet, as templates, and the script that boots the page. */
function Scripts(): VNode {
  return h(Fragment, null, h(Waiting, null), h(Boot, null));
}

function Boot(): VNode | null {
  const state = rendering();
  return state === undefined ? null : bootScript(state);
}
