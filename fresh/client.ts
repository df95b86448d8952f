/** The browser side: brings the islands of a page to life. */
import { type ComponentChildren, type ComponentType, type ContainerNode, h, render } from "preact";
import { deserialize } from "./serial.ts";

type Props = Record<string, unknown>;
type AnyIsland = ComponentType<Props>;

/** The nodes between two comments. */
interface Range {
  readonly start: Comment;
  readonly end: Comment;
}

const components = new Map<string, AnyIsland>();
const mounted: { range: Range; parent: ContainerNode }[] = [];

/** Called by the script of a page with its islands and their props. */
export function boot(islands: Record<string, AnyIsland>, json: string): void {
  hydrate(document.body, islands, json, document);
  if (document.querySelector("[f-client-nav]") !== null) {
    void import("./client_nav.ts").then(({ startNavigation }) => startNavigation());
  }
}

/** Renders the islands below `root` into their ranges. `source` is where waiting slots are found. */
export function hydrate(
  root: Node,
  islands: Record<string, AnyIsland>,
  json: string,
  source: Document | DocumentFragment,
): void {
  for (const [name, component] of Object.entries(islands)) components.set(name, component);
  const slots = new Map<number, () => ComponentChildren>();
  const props = deserialize(json, ({ id }) => h(SlotView, { read: () => slots.get(id)?.() }));
  const reader = new MarkupReader(props);
  // Subtle: slots are read before anything renders, as rendering moves and removes their nodes.
  for (const [id, range] of slotsBelow(root)) {
    const content = reader.between(range);
    slots.set(id, () => content);
  }
  for (const template of source.querySelectorAll<HTMLTemplateElement>("template[id^=frsh-slot-]")) {
    for (const [id, range] of slotsBelow(template.content)) {
      const content = reader.between(range);
      if (!slots.has(id)) slots.set(id, () => content);
    }
  }
  for (const range of outermost(root, "frsh:island:")) {
    const vnode = reader.island(range.start);
    const parent = containerOf(range);
    mounted.push({ range, parent });
    schedule(() => render(vnode, parent));
  }
}

/** Unmounts the islands between two nodes that are about to be removed. */
export function unmountBetween(isGone: (node: Node) => boolean): void {
  for (let i = mounted.length - 1; i >= 0; i--) {
    const island = mounted[i];
    if (island === undefined || !isGone(island.range.start)) continue;
    render(null, island.parent);
    mounted.splice(i, 1);
  }
}

function SlotView({ read }: { read: () => ComponentChildren }): ComponentChildren {
  return read();
}

/** Turns server-rendered nodes back into vnodes, so that Preact can take them over. */
class MarkupReader {
  constructor(readonly props: readonly Props[]) {}

  /** The island that a comment begins, as a vnode. */
  island(start: Comment): ComponentChildren {
    const [, , name = "", index = "", key = ""] = start.data.split(":");
    const component = components.get(name);
    if (component === undefined) return null;
    const own = this.props[Number(index)] ?? {};
    return h(component, key === "" ? own : { ...own, key: decodeURIComponent(key) });
  }

  between({ start, end }: Range): ComponentChildren[] {
    const children: ComponentChildren[] = [];
    for (let node: Node | null = start.nextSibling; node !== null && node !== end; node = node.nextSibling) {
      if (node instanceof Comment && node.data.startsWith("frsh:island:")) {
        children.push(this.island(node));
        node = endOf(node, "frsh:island:");
      } else if (node instanceof Text) children.push(node.data);
      else if (node instanceof Element) children.push(this.#element(node));
    }
    return children;
  }

  #element(node: Element): ComponentChildren {
    const props: Props = {};
    for (const { name, value } of node.attributes) {
      // Subtle: as a property, an empty string would turn a boolean attribute off.
      props[name] = value === "" && typeof Reflect.get(node, name) === "boolean" ? true : value;
    }
    const children: ComponentChildren[] = [];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (child instanceof Comment && child.data.startsWith("frsh:island:")) {
        children.push(this.island(child));
        child = endOf(child, "frsh:island:");
      } else if (child instanceof Text) children.push(child.data);
      else if (child instanceof Element) children.push(this.#element(child));
    }
    return h(node.localName, props, children);
  }
}

function* slotsBelow(root: Node): Generator<[number, Range]> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const start = walker.currentNode;
    if (!(start instanceof Comment) || !start.data.startsWith("frsh:slot:")) continue;
    yield [Number(start.data.split(":")[2]), { start, end: endOf(start, "frsh:slot:") }];
  }
}

/** The ranges of a kind that are in no other range of that kind. */
export function outermost(root: Node, kind: string): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const start = walker.currentNode;
    if (!(start instanceof Comment) || !start.data.startsWith(kind)) continue;
    const end = endOf(start, kind);
    ranges.push({ start, end });
    walker.currentNode = end;
  }
  return ranges;
}

/** The comment that ends what a comment begins: `/frsh:island` for `frsh:island:…`. */
export function endOf(start: Comment, kind: string): Comment {
  const ending = `/${kind.slice(0, -1)}`;
  let depth = 0;
  for (let node = start.nextSibling; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith(kind)) depth++;
    else if (node.data === ending && depth-- === 0) return node;
  }
  throw new Error(`Cannot hydrate this page as "${start.data}" has no end`);
}

/** A range that Preact can render into as if it were an element. It may move, as navigation does before hydrating. */
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
