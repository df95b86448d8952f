/** `<Head>`, and by which key its children replace elements of `<head>`. */
import { type ComponentChildren, isValidElement, toChildArray, type VNode } from "preact";
import { useEffect } from "preact/hooks";

export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Puts its children into `<head>`, from anywhere in a page, layout or island. A child replaces the element of `<head>`
 * with the same key: its `key` prop; `<title>`; else the tag with its attributes except `content` and `href`.
 */
export function Head(props: HeadProps): VNode | null {
  // Subtle: the server never gets here, as the renderer takes the children out first.
  const children = toChildArray(props.children).filter(isValidElement);
  useEffect(() => {
    const undo = children.map(placeInHead);
    return () => undo.forEach((take) => take());
  });
  return null;
}

const HEAD_TAGS = new Set(["title", "meta", "link", "style", "script", "base", "noscript", "template"]);

/** The key by which elements of `<head>` replace each other; absent for anything that may not be there. */
export function headKey(type: unknown, key: unknown, props: object): string | undefined {
  if (typeof type !== "string" || !HEAD_TAGS.has(type)) return undefined;
  if (key !== null && key !== undefined) return `key=${String(key)}`;
  if (type === "title") return "title";
  const ignored = new Set(["children", "content", "href", "nonce", "key", "ref"]);
  const attributes = Object.entries(props).filter(([name]) => !ignored.has(name)).map(([name, value]) =>
    `${name}=${value === true ? "" : String(value)}`
  );
  return [type, ...attributes.sort()].join(" ");
}

const placed = new Map<string, HTMLElement>();

function placeInHead(vnode: VNode): () => void {
  const props: Record<string, unknown> = { ...vnode.props };
  const key = headKey(vnode.type, vnode.key, props);
  if (key === undefined || typeof vnode.type !== "string") return () => {};
  const tag = vnode.type;
  if (tag === "title") {
    const before = document.title;
    document.title = textOf(props["children"]);
    return () => void (document.title = before);
  }
  const old = placed.get(key) ?? findInHead(tag, key);
  const element = document.createElement(tag);
  if (vnode.key !== null && vnode.key !== undefined) element.setAttribute("data-key", String(vnode.key));
  for (const [name, value] of Object.entries(props)) {
    if (name === "children") element.textContent = textOf(value);
    else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  if (old?.isConnected) old.replaceWith(element);
  else document.head.append(element);
  placed.set(key, element);
  return () => {
    if (old !== undefined) element.replaceWith(old);
    else element.remove();
    if (placed.get(key) === element) placed.delete(key);
  };
}

function findInHead(tag: string, key: string): HTMLElement | undefined {
  for (const element of document.head.querySelectorAll<HTMLElement>(tag)) {
    const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
    const { "data-key": own, ...rest } = attributes;
    if (headKey(tag, own, rest) === key) return element;
  }
  return undefined;
}

function textOf(children: unknown): string {
  return Array.isArray(children) ? children.map(textOf).join("") : String(children ?? "");
}
