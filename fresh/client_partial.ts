/** Partials in the browser: parts of the page whose content client navigation changes. */
import { Component, type ComponentChildren, Fragment, h } from "preact";
import type { MarkupReader, PartialReader, Range } from "./client_markup.ts";

/** How a partial takes new content: its old content goes, or stays before or after the new. */
type PartialMode = "replace" | "append" | "prepend";

/** The partials on the page, by name. */
export const partials = new Map<string, PartialView>();

/** The content of a `<Partial>`, which client navigation changes. */
class PartialView extends Component<{ name: string; children?: ComponentChildren }> {
  #content: ComponentChildren = this.props.children;

  override componentDidMount(): void {
    partials.set(this.props.name, this);
  }
  override componentWillReceiveProps({ children }: { children?: ComponentChildren }): void {
    this.#content = children;
  }
  override componentWillUnmount(): void {
    if (partials.get(this.props.name) === this) partials.delete(this.props.name);
  }

  /** What it would show after `fresh` arrived. */
  merged(mode: PartialMode, fresh: ComponentChildren): ComponentChildren {
    if (mode === "replace") return fresh;
    // Subtle: content that came at different times must not be taken for each other, so each gets a key of its own.
    const added = h(Fragment, { key: `frsh-${++additions}` }, fresh);
    return mode === "append" ? [this.#content, added] : [added, this.#content];
  }

  show(content: ComponentChildren): void {
    this.#content = content;
    this.forceUpdate();
  }

  override render(): ComponentChildren {
    return this.#content;
  }
}

let additions = 0;

/** The vnode of a partial. */
export const readPartial: PartialReader = (range, reader, keyed) =>
  h(PartialView, { name: partialOf(range).name, ...keyed }, partialContent(range, reader));

/** What a partial shows, together with what it showed before where its mode keeps that. */
export function partialContent(range: Range, reader: MarkupReader): ComponentChildren {
  const { name, mode } = partialOf(range);
  const content = reader.between(range);
  return partials.get(name)?.merged(mode, content) ?? content;
}

/** The name and mode in the comment that begins a partial. */
export function partialOf({ start }: Range): { name: string; mode: PartialMode } {
  const [, , name = "", mode] = start.data.split(":");
  return { name: decodeURIComponent(name), mode: mode === "append" || mode === "prepend" ? mode : "replace" };
}
