/** Where links lead, seen from the current page. Apart from what every page loads, as only client navigation needs it there. */
type Props = Record<string, unknown>;

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
