/** The browser side: brings the islands and partials of a page to life. */
import { type ContainerNode, render } from "preact";
import { keepChanges } from "./client_fields.ts";
import { type Islands, MarkupReader, type Range } from "./client_markup.ts";

/** Called by the script of a page with its islands and their props. */
export async function boot(islands: Islands, json: string): Promise<void> {
  const hasNavigation = document.querySelector("[f-client-nav]") !== null;
  const navigation = hasNavigation ? await import("./client_nav.ts") : undefined;
  const reader = new MarkupReader(document.body, islands, json, navigation?.readPartial);
  // Subtle: all is read before anything renders, as rendering moves and removes nodes.
  const roots = reader.outermost(document.body)
    .map((range) => ({ vnode: reader.range(range), parent: containerOf(range) }));
  for (const { vnode, parent } of roots) {
    schedule(() => {
      const putBack = keepChanges(parent.childNodes);
      render(vnode, parent);
      void putBack();
    });
  }
  navigation?.startNavigation();
}

/** A range that Preact can render into as if it were an element. */
function containerOf({ start, end }: Range): ContainerNode {
  const parent = () => start.parentNode ?? document.body;
  const nodes = (): Node[] => {
    const list: Node[] = [];
    for (let node = start.nextSibling; node !== null && node !== end; node = node.nextSibling) list.push(node);
    return list;
  };
  const container = {
    nodeType: 1,
    ownerDocument: document,
    get parentNode() {
      return parent();
    },
    get namespaceURI() {
      const node = parent();
      return node instanceof Element ? node.namespaceURI : null;
    },
    get firstChild() {
      return nodes()[0] ?? null;
    },
    get childNodes() {
      return nodes();
    },
    contains: (node: Node | null) => node !== null && parent().contains(node),
    insertBefore: (node: Node, before: Node | null) => parent().insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent().insertBefore(node, end),
    removeChild: (node: Node) => parent().removeChild(node),
  };
  return container;
}

function schedule(task: () => void): void {
  if ("scheduler" in globalThis) void scheduler.postTask(task);
  else setTimeout(task, 0);
}

declare const scheduler: { postTask(task: () => void): Promise<void> };
