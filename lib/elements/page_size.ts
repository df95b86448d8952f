/** How much the states of a page's elements hold, kept up to date change by change, and bounded. */
import { type Change, Element } from "./element.ts";

/** What a page would hold is more than it may. */
export class PageFullError extends Error {
  override readonly name = "PageFullError";
  constructor(element: string, readonly bytes: number, readonly maxBytes: number) {
    super(`Cannot change "${element}": the page would hold ${bytes} bytes, and may hold ${maxBytes}`);
  }
}

/** By element, what each key of its state holds. */
export type Sizes = ReadonlyMap<Element<object>, ReadonlyMap<string, number>>;

/** Of a number, a boolean, or a reference to an element, about as JSON writes it. */
const LEAF_BYTES = 8;

export class PageSize {
  #bytes = 0;
  readonly #sizes = new Map<Element<object>, Map<string, number>>();

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  counts(element: Element<object>): boolean {
    return this.#sizes.has(element);
  }

  /**
   * What a change brings: the keys that it changes, and every element in it that is not counted yet.
   * @param name what the error calls the element
   * @throws {PageFullError} when the page would grow beyond its limit
   */
  measure(element: Element<object>, change: Change, name: string): Sizes {
    const met = new Set<Element<object>>();
    const sizes = new Map([[element, this.#after(element, change, met)]]);
    // Subtle: the set grows while it is read, as elements inside others are met.
    for (const each of met) if (!this.counts(each)) sizes.set(each, this.#whole(each, met));
    const growth = [...sizes].reduce((sum, [each, after]) => sum + this.#growth(each, after), 0);
    if (growth > 0 && this.#bytes + growth > this.maxBytes) {
      throw new PageFullError(name, this.#bytes + growth, this.maxBytes);
    }
    return sizes;
  }

  /** Counts what was measured. */
  take(sizes: Sizes): void {
    for (const [element, after] of sizes) {
      this.#bytes += this.#growth(element, after);
      this.#sizes.set(element, new Map([...this.#sizes.get(element) ?? [], ...after]));
    }
  }

  /** Counts an element that the page has met already, whether or not there is room. */
  add(element: Element<object>): void {
    this.take(new Map([[element, this.#whole(element, new Set())]]));
  }

  #whole(element: Element<object>, met: Set<Element<object>>): Map<string, number> {
    return this.#after(element, { set: { ...element.state }, append: {} }, met);
  }

  #after(element: Element<object>, { set, append }: Change, met: Set<Element<object>>): Map<string, number> {
    const before = this.#sizes.get(element);
    return new Map([
      ...Object.entries(set).map(([key, value]) => [key, sizeOf(value, met)] as const),
      ...Object.entries(append).map(([key, items]) => [key, (before?.get(key) ?? 0) + sizeOf(items, met)] as const),
    ]);
  }

  #growth(element: Element<object>, after: ReadonlyMap<string, number>): number {
    const before = this.#sizes.get(element);
    return [...after].reduce((sum, [key, size]) => sum + size - (before?.get(key) ?? 0), 0);
  }
}

/**
 * Characters of texts and keys, and a little for all else: what it takes to hold and to send, not to the byte.
 * Elements are noted in `met`, and count as references.
 */
function sizeOf(value: unknown, met: Set<Element<object>>): number {
  if (typeof value === "string") return value.length + 2;
  if (value instanceof Element) met.add(value);
  if (typeof value !== "object" || value === null || value instanceof Element) return LEAF_BYTES;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + sizeOf(item, met), LEAF_BYTES);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item, met), LEAF_BYTES);
}
