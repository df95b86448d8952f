import type { Method } from "./types.ts";

/** What a request matched: the pattern, its parameters, and the item for the method if there is one. */
export interface Match<Item> {
  readonly pattern: string | null;
  readonly params: Record<string, string>;
  readonly item: Item | undefined;
}

interface Entry<Item> {
  readonly pattern: string;
  readonly items: Map<Method, Item>;
}

/**
 * Finds the item of a path and method. Exact paths win over patterns; patterns are tried in the order in which they
 * were added, and the first that matches decides, even if it has nothing for the method.
 */
export class Router<Item> {
  readonly #exact = new Map<string, Entry<Item>>();
  readonly #patterns = new Map<string, Entry<Item> & { readonly matcher: URLPattern }>();

  /** The first item added for a pattern and method stays. */
  add(method: Method, pattern: string, item: Item): void {
    const { items } = this.#entry(pattern);
    if (!items.has(method)) items.set(method, item);
  }

  #entry(pattern: string): Entry<Item> {
    if (!/[:*{}()?+\\]/.test(pattern)) {
      const key = withoutSlash(new URL(pattern, "http://localhost").pathname);
      const entry = this.#exact.get(key) ?? { pattern, items: new Map() };
      this.#exact.set(key, entry);
      return entry;
    }
    const entry = this.#patterns.get(pattern) ??
      { pattern, items: new Map(), matcher: new URLPattern({ pathname: pattern }) };
    this.#patterns.set(pattern, entry);
    return entry;
  }

  match(method: Method, url: URL): Match<Item> {
    const exact = this.#exact.get(withoutSlash(url.pathname));
    if (exact !== undefined) return found(exact, method, {});
    const href = this.#patterns.size === 0 ? "" : `http://localhost${url.pathname}`;
    for (const entry of this.#patterns.values()) {
      // Subtle: exec() of a string is several times faster than of a URL object.
      const result = entry.matcher.exec(href);
      if (result !== null) return found(entry, method, result.pathname.groups);
    }
    return { pattern: null, params: Object.create(null), item: undefined };
  }

  /** The methods of a pattern, for an `Allow` header. */
  allowed(pattern: string): Method[] {
    return [...this.#entry(pattern).items.keys()];
  }
}

function found<Item>(
  entry: Entry<Item>,
  method: Method,
  groups: Record<string, string | undefined>,
): Match<Item> {
  const params: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(groups)) params[name] = decodeParam(value ?? "");
  const item = entry.items.get(method) ?? (method === "HEAD" ? entry.items.get("GET") : undefined);
  return { pattern: entry.pattern, params, item };
}

/** Subtle: `decodeURI`, so `%2F` stays encoded; a malformed sequence is passed on as it came. */
function decodeParam(value: string): string {
  try {
    return decodeURI(value);
  } catch {
    return value; // A malformed escape is the sender's text, not an error of ours.
  }
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
