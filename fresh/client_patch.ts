/** Puts a fetched page into this one: its partials, its head, and which links lead to where the reader is. */
import { isKind, type Islands, MarkupReader } from "./client_markup.ts";
import { partialContent, partialOf, partials, readPartial } from "./client_partial.ts";
import { linkPlace } from "./link_place.ts";

/**
 * What puts the partials of a fetched page into this one, once the modules of its islands are loaded; absent when it
 * has none. `id` names its state, so that nothing in the page can be taken for that.
 */
export async function patchOf(fetched: Document, id: string | null): Promise<(() => void) | undefined> {
  const { islands, props } = await stateOf(fetched, id);
  const reader = new MarkupReader(fetched.body, islands, props, readPartial);
  const ranges = reader.outermost(fetched.body).filter(({ start }) => isKind(start, "partial"));
  if (ranges.length === 0) return undefined;
  return () => {
    for (const range of ranges) {
      const { name } = partialOf(range);
      const view = partials.get(name);
      if (view === undefined) console.warn(`Partial "${name}" of the response is not found on this page: skipped`);
      else view.show(partialContent(range, reader));
    }
    updateHead(fetched);
  };
}

/** The islands of a fetched page, with their modules loaded, and their props. */
async function stateOf(fetched: Document, id: string | null): Promise<{ islands: Islands; props: string }> {
  const text = id === null ? undefined : fetched.getElementById(`frsh-state-${id}`)?.textContent;
  if (!text) return { islands: {}, props: "[[]]" }; // No islands, in the wire format.
  const state: { islands: { file: string; name: string; exportName: string }[]; props: string } = JSON.parse(text);
  const islands: Islands = {};
  await Promise.all(state.islands.map(async ({ file, name, exportName }) => {
    islands[name] = (await import(file))[exportName];
  }));
  return { islands, props: state.props };
}

function updateHead(fetched: Document): void {
  if (fetched.title !== "") document.title = fetched.title;
  for (const element of fetched.querySelectorAll("head > meta, link[rel=stylesheet], head > style, head > script")) {
    const old = sameInHead(element);
    if (old === undefined) {
      if (isWanted(element)) document.head.append(element.cloneNode(true));
    } else if (element.localName === "meta") old.setAttribute("content", element.getAttribute("content") ?? "");
    else if (element.localName === "script") old.textContent = element.textContent;
  }
}

/** Whether an element that this page lacks is added: styles that carry an id are another page's own. */
function isWanted(element: Element): boolean {
  if (element.localName === "style") return element.id === "";
  if (element instanceof HTMLScriptElement) return isData(element);
  return element.localName === "link" || element.hasAttribute("name") || element.hasAttribute("property");
}

/** Scripts of data, such as JSON-LD, run nothing. */
function isData({ type, id }: HTMLScriptElement): boolean {
  return !["", "module", "text/javascript", "importmap"].includes(type) && !id.startsWith("frsh-state-");
}

/** The element here that an element of a fetched `<head>` stands for. */
function sameInHead(element: Element): Element | undefined {
  const here = [...document.head.querySelectorAll(element.localName)];
  return here.find((each) => {
    if (element instanceof HTMLScriptElement && (!isData(element) || each.id !== element.id)) return false;
    const named = ["name", "property", "href", "id"].find((name) => element.hasAttribute(name));
    return named === undefined
      ? each.textContent === element.textContent && each.outerHTML.length === element.outerHTML.length
      : each.getAttribute(named) === element.getAttribute(named);
  });
}

/** Marks the links that lead to a URL or to one above it, as the server does. */
export function updateLinks(url: URL): void {
  for (const link of document.querySelectorAll("a")) {
    const place = link.origin === url.origin ? linkPlace(url, link.pathname) : undefined;
    const wasMarked = link.hasAttribute("data-current") || link.hasAttribute("data-ancestor");
    link.removeAttribute("data-current");
    link.removeAttribute("data-ancestor");
    if (place !== undefined) {
      link.setAttribute(place.data, "true");
      link.setAttribute("aria-current", place.aria);
    } else if (wasMarked) link.removeAttribute("aria-current");
  }
}
