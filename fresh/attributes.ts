/** Attributes that Fresh reads or adds: client navigation, and links to where the reader is. */
type Props = Record<string, unknown>;

/** Whether the value of `f-client-nav` turns navigation on. */
export function isNavOn(value: unknown): boolean {
  return value !== false && value !== "false" && value !== null && value !== undefined;
}

// Templates of precompiled JSX are constants of their module.
const navTemplates = new WeakMap<object, boolean>();

/** Whether precompiled markup turns client navigation on: static attributes reach no hook. */
export function templateHasNav(template: unknown): boolean {
  if (!Array.isArray(template)) return false;
  const known = navTemplates.get(template) ?? template.some((part) => / f-client-nav(?!="false")/.test(String(part)));
  navTemplates.set(template, known);
  return known;
}

/** The same for attributes whose value was computed: the compiler's output for each is a string. */
export function hasNavAttribute(expressions: unknown): boolean {
  return Array.isArray(expressions) && expressions.includes('f-client-nav="true"');
}

/** The attribute by which elements inside partials keep their `key`. */
export const KEY_ATTRIBUTE = "data-frsh-key";

/** A key as text of a comment or an attribute. Subtle: a comment must not hold `>`, `--` or a colon of its own. */
export function keyText(key: unknown): string {
  return key === null || key === undefined ? "" : encodeURIComponent(String(key).toWellFormed()).replaceAll("-", "%2D");
}

/** Whether a link leads to the current page or to one above it, and the attributes that tell. */
export function linkPlace(
  url: URL,
  href: string,
): { readonly data: "data-current" | "data-ancestor"; readonly aria: "page" | "true" } | undefined {
  const path = href.replace(/[?#].*$/s, "").replace(/(.)\/$/, "$1");
  const here = url.pathname.replace(/(.)\/$/, "$1");
  if (path === here) return { data: "data-current", aria: "page" };
  const isAncestor = path === "/" || here.startsWith(`${path}/`);
  return isAncestor ? { data: "data-ancestor", aria: "true" } : undefined;
}

/** Props of a link with what tells that it leads to the current page or to one above it. */
export function activeLink(url: URL, props: Props): Props | undefined {
  const { href } = props;
  if (typeof href !== "string" || !href.startsWith("/")) return undefined;
  const place = linkPlace(url, href);
  return place && { "aria-current": place.aria, ...props, [place.data]: "true" };
}
