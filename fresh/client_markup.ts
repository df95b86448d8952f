/** Reads server-rendered nodes back into vnodes, so that Preact can take them over. */
import { type ComponentChildren, type ComponentType, Fragment, h } from "preact";
import { KEY_ATTRIBUTE } from "./attributes.ts";
import { deserialize } from "./serial.ts";

type Props = Record<string, unknown>;
export type Islands = Record<string, ComponentType<Props>>;

/** The nodes between two comments. */
export interface Range {
  readonly start: Comment;
  readonly end: Comment;
}

const components = new Map<string, ComponentType<Props>>();

/** Makes the vnode of a partial. Without client navigation there is none, and partials are plain content. */
export type PartialReader = (range: Range, reader: MarkupReader, keyed: { key?: string }) => ComponentChildren;

/** Turns nodes into vnodes: elements, text, islands, partials and keys. */
export class MarkupReader {
  readonly #props: readonly Props[];
  readonly #partial: PartialReader | undefined;

  /** `json` has the props of the islands below `root`; slots that nothing showed yet are found in its document. */
  constructor(root: HTMLElement, islands: Islands, json: string, partial: PartialReader | undefined) {
    this.#partial = partial;
    for (const [name, component] of Object.entries(islands)) components.set(name, component);
    const slots = new Map<number, ComponentChildren>();
    this.#props = deserialize(json, ({ id }) => h(SlotView, { read: () => slots.get(id) }));
    // Subtle: slots are read before anything renders, as rendering moves and removes their nodes.
    for (const [id, range] of slotsBelow(root)) slots.set(id, this.between(range));
    for (const template of root.querySelectorAll<HTMLTemplateElement>("template[id^=frsh-slot-]")) {
      for (const [id, range] of slotsBelow(template.content)) {
        if (!slots.has(id)) slots.set(id, this.between(range));
      }
    }
  }

  between({ start, end }: Range): ComponentChildren[] {
    return this.#read(start.nextSibling, end);
  }

  #read(first: Node | null, end: Node | null): ComponentChildren[] {
    const children: ComponentChildren[] = [];
    for (let node = first; node !== null && node !== end; node = node.nextSibling) {
      if (node instanceof Text) children.push(node.data);
      else if (node instanceof Element) children.push(this.#element(node));
      else if (node instanceof Comment) {
        const range = this.#rangeOf(node);
        if (range === undefined) continue;
        children.push(this.range(range));
        node = range.end;
      }
    }
    return children;
  }

  #element(node: Element): ComponentChildren {
    const props: Props = {};
    for (const { name, value } of node.attributes) {
      if (name === KEY_ATTRIBUTE) props["key"] = decodeURIComponent(value);
      // Subtle: as a property, an empty string would turn a boolean attribute off.
      else props[name] = value === "" && typeof Reflect.get(node, name) === "boolean" ? true : value;
    }
    return h(node.localName, props, this.#read(node.firstChild, null));
  }

  /** The vnode of what a pair of comments marks. */
  range(range: Range): ComponentChildren {
    const [, kind, name = "", detail = "", key = ""] = range.start.data.split(":");
    if (kind === "key") return h(Fragment, { key: decodeURIComponent(name) }, this.between(range));
    const keyed = key === "" ? {} : { key: decodeURIComponent(key) };
    if (kind === "partial") return this.#partial?.(range, this, keyed);
    const component = components.get(name);
    return component === undefined ? null : h(component, { ...this.#props[Number(detail)], ...keyed });
  }

  /** The islands and partials that are in no other one. */
  outermost(root: Node): Range[] {
    const ranges: Range[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const range = walker.currentNode instanceof Comment ? this.#rangeOf(walker.currentNode) : undefined;
      if (range === undefined || isKind(range.start, "key")) continue;
      ranges.push(range);
      walker.currentNode = range.end;
    }
    return ranges;
  }

  #rangeOf(start: Comment): Range | undefined {
    const kinds = ["island", "key", ...(this.#partial ? ["partial"] as const : [])] as const;
    const kind = kinds.find((each) => isKind(start, each));
    return kind === undefined ? undefined : { start, end: endOf(start, kind) };
  }
}

function SlotView({ read }: { read: () => ComponentChildren }): ComponentChildren {
  return read();
}

function* slotsBelow(root: Node): Generator<[number, Range]> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) {
    const start = walker.currentNode;
    if (!(start instanceof Comment) || !isKind(start, "slot")) continue;
    yield [Number(start.data.split(":")[2]), { start, end: endOf(start, "slot") }];
  }
}

type Kind = "island" | "partial" | "key" | "slot";

/** Whether a comment begins a range of a kind. */
export function isKind(comment: Comment, kind: Kind): boolean {
  return comment.data.startsWith(`frsh:${kind}:`);
}

function endOf(start: Comment, kind: Kind): Comment {
  let depth = 0;
  for (let node = start.nextSibling; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (isKind(node, kind)) depth++;
    else if (node.data === `/frsh:${kind}` && depth-- === 0) return node;
  }
  throw new Error(`Cannot hydrate this page as "${start.data}" has no end`);
}
