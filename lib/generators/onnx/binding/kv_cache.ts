/**
 * What attention has computed for prefixes of token ids, so that a step after a known prefix costs one decode step.
 *
 * An entry is a whole prefix with the keys and values of each layer, `[1, heads, length, head_dim]`, or with as many
 * positions as the graph's caches have, where these have a fixed size. A longer entry serves
 * every prefix that it begins with, by copying rows; so an entry that grows by a token replaces the one it grew from.
 */
import type { TokenId } from "../../../lm/token.ts";

/** Keys or values of one layer. */
export interface KvTensor {
  readonly data: Float32Array;
  /** `[1, heads, length, head_dim]` */
  readonly dims: readonly number[];
}

export interface KvEntry {
  readonly ids: readonly TokenId[];
  /** Graph input name → keys or values for all of `ids`. */
  readonly tensors: Readonly<Record<string, KvTensor>>;
  /** Logits after the last id, `[vocab]`. */
  readonly logits: Float32Array;
}

/** Entries in the order of their last use, bounded in bytes. */
export class KvCache {
  readonly #entries = new Set<KvEntry>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The entry that shares the longest beginning with `ids`, and how long that is. */
  find(ids: readonly TokenId[]): { readonly entry: KvEntry; readonly length: number } | undefined {
    let best: KvEntry | undefined, length = 0;
    for (const entry of this.#entries) {
      const shared = sharedLength(entry.ids, ids);
      if (shared > length) [best, length] = [entry, shared];
    }
    if (best === undefined) return undefined;
    this.#entries.delete(best);
    this.#entries.add(best);
    return { entry: best, length };
  }

  /** Keeps an entry; what it grew from goes, and then the longest unused until the bound holds. */
  add(entry: KvEntry): void {
    for (const other of this.#entries) {
      if (other.ids.length <= entry.ids.length && sharedLength(other.ids, entry.ids) === other.ids.length) {
        this.#remove(other);
      }
    }
    this.#entries.add(entry);
    this.#bytes += entryBytes(entry);
    for (const oldest of this.#entries) {
      if (this.#bytes <= this.maxBytes || oldest === entry) break;
      this.#remove(oldest);
    }
  }

  #remove(entry: KvEntry): void {
    this.#entries.delete(entry);
    this.#bytes -= entryBytes(entry);
  }
}

/** The first `length` positions of keys or values; the tensor itself when it is no longer than that. */
export function truncate({ data, dims }: KvTensor, length: number): KvTensor {
  const [batch = 1, heads = 1, full = 0, width = 0] = dims;
  if (length === full) return { data, dims };
  const rows = batch * heads;
  const cut = new Float32Array(rows * length * width);
  for (let row = 0; row < rows; row++) {
    const start = row * full * width;
    cut.set(data.subarray(start, start + length * width), row * length * width);
  }
  return { data: cut, dims: [batch, heads, length, width] };
}

function sharedLength(one: readonly TokenId[], other: readonly TokenId[]): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}

function entryBytes(entry: KvEntry): number {
  const tensors = Object.values(entry.tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  return tensors + entry.logits.byteLength;
}
