/** How much the states of a page's elements hold, kept up to date change by change, and bounded. */
import { type Change, Element } from "./element.ts";

/** What a page would hold is more than it may. */
export class PageFullError extends Error {
  override readonly name = "PageFullError";
}

/** Of a number, a boolean, or a reference to an element, about as JSON writes it. */
const LEAF_BYTES = 8;

export class PageSize {
  #bytes = 0;
  /** By element and key of its state. */
  readonly #parts = new Map<string, Map<string, number>>();

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get isOver(): boolean {
    return this.#bytes > this.maxBytes;
  }

  /** Counts a change, unless the page would grow beyond its limit. @throws {PageFullError} */
  admit(element: string, change: Change): void {
    const sizes = this.#sizesAfter(element, change);
    const growth = sizes.reduce((sum, { before, after }) => sum + after - before, 0);
    if (growth > 0 && this.#bytes + growth > this.maxBytes) {
      throw new PageFullError(
        `Cannot change "${element}": the page would hold ${this.#bytes + growth} bytes, and may hold ${this.maxBytes}`,
      );
    }
    this.#take(element, sizes);
  }

  /** Counts what an element has when the page meets it. */
  add(element: string, state: object): void {
    this.#take(element, this.#sizesAfter(element, { set: { ...state }, append: {} }));
  }

  #sizesAfter(element: string, { set, append }: Change) {
    const parts = this.#parts.get(element);
    const beforeOf = (key: string) => parts?.get(key) ?? 0;
    return [
      ...Object.entries(set).map(([key, value]) => ({ key, before: beforeOf(key), after: sizeOf(value) })),
      ...Object.entries(append).map(([key, items]) => {
        const before = beforeOf(key);
        return { key, before, after: before + sizeOf(items) };
      }),
    ];
  }

  #take(element: string, sizes: readonly { readonly key: string; readonly before: number; readonly after: number }[]) {
    const parts = this.#parts.get(element) ?? new Map<string, number>();
    this.#parts.set(element, parts);
    for (const { key, before, after } of sizes) {
      parts.set(key, after);
      this.#bytes += after - before;
    }
  }
}

/** Characters of texts and keys, and a little for all else: what it takes to hold and to send, not to the byte. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null || value instanceof Element) return LEAF_BYTES;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item), LEAF_BYTES);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item), LEAF_BYTES);
}
