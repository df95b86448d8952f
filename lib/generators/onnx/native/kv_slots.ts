/**
 * Keys and values of prefixes, each in a slot of its own that grows in place.
 *
 * A slot is extended where it stands; a branch from its middle gets a slot of its own, by copying the rows that both share.
 * Rows of one head lie one after the other, `stride` of them a head: as many as the slot has room for where the graph
 * writes into the slot itself, and as many as there are positions where it writes a whole new cache.
 */
import type { TokenId } from "../../../lm/token.ts";

export interface KvShape {
  /** Keys and values of every layer, counted apart. */
  readonly tensors: number;
  readonly heads: number;
  readonly width: number;
  /** Most positions of a slot. */
  readonly window: number;
  /** Whether the graph writes new rows where the past ones lie. */
  readonly isInPlace: boolean;
}

export interface KvSlot {
  /** What it holds, position by position. */
  ids: TokenId[];
  /** Positions that it has room for. */
  capacity: number;
  /** `[heads, stride, width]` each */
  data: Float32Array<ArrayBuffer>[];
  /** Logits after the last id; absent where nobody asked for them. */
  logits?: Float32Array;
  /** While passes go on that extend it: others may read its rows, and not extend or drop it. */
  isHeld?: boolean;
}

/** Most slots, whatever their size: memory that was used before is quicker than new. */
const MOST = 32;

/** Fewest positions that room is made for. */
const SMALLEST = 128;

/** Slots in the order of their last use, bounded in bytes. */
export class KvSlots {
  readonly #shape: KvShape;
  readonly #maxBytes: number;
  readonly #slots = new Set<KvSlot>();

  constructor(shape: KvShape, maxBytes: number) {
    this.#shape = shape;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { capacity } of this.#slots) bytes += this.#bytesOf(capacity);
    return bytes;
  }

  /** The slot that shares the longest beginning with `ids`, and how long that is. */
  find(ids: readonly TokenId[]): { readonly slot: KvSlot; readonly length: number } | undefined {
    let best: KvSlot | undefined, length = 0;
    for (const slot of this.#slots) {
      const shared = sharedLength(slot.ids, ids);
      if (shared > length) [best, length] = [slot, shared];
    }
    if (best === undefined) return undefined;
    this.#use(best);
    return { slot: best, length };
  }

  /**
   * A slot that holds the first `length` positions of `source` and no more, with room for `total`: itself, if it goes at
   * most `spared` positions further, which are given up; else another one.
   */
  holding(source: KvSlot | undefined, length: number, total: number, spared = 0): KvSlot {
    const isOwn = source !== undefined && source.isHeld !== true && source.ids.length - length <= spared;
    const slot = isOwn ? source : this.#fork(source, length, total);
    if (isOwn && source.ids.length > length) this.#cut(source, length);
    if (slot.capacity < total) this.#grow(slot, total);
    delete slot.logits;
    return slot;
  }

  strideOf({ capacity, ids }: KvSlot): number {
    return this.#shape.isInPlace ? capacity : ids.length;
  }

  /** Room for a cache of `capacity` positions, all zero. */
  room(capacity: number): Float32Array<ArrayBuffer>[] {
    const { tensors, heads, width } = this.#shape;
    return Array.from({ length: tensors }, () => new Float32Array(heads * capacity * width));
  }

  #cut(slot: KvSlot, length: number): void {
    if (!this.#shape.isInPlace) this.#copy(slot.data, slot.ids.length, slot.data, length, length);
    slot.ids.length = length;
  }

  #fork(source: KvSlot | undefined, length: number, total: number): KvSlot {
    const slot = this.#empty(this.#roomFor(total), source);
    if (source !== undefined && length > 0) {
      const stride = this.#shape.isInPlace ? slot.capacity : length;
      this.#copy(source.data, this.strideOf(source), slot.data, stride, length);
      slot.ids = source.ids.slice(0, length);
    }
    return slot;
  }

  /** A new slot, or the one that was not used for the longest; never `kept`, which is still to be read. */
  #empty(capacity: number, kept: KvSlot | undefined): KvSlot {
    const dropped = this.#drop(this.#bytesOf(capacity), MOST - 1, kept);
    const data = dropped.find((slot) => slot.capacity === capacity)?.data ?? this.room(capacity);
    const slot: KvSlot = { ids: [], capacity, data };
    this.#slots.add(slot);
    return slot;
  }

  #grow(slot: KvSlot, total: number): void {
    const capacity = this.#roomFor(total);
    this.#drop(this.#bytesOf(capacity) - this.#bytesOf(slot.capacity), MOST, slot);
    const data = this.room(capacity);
    const length = slot.ids.length;
    this.#copy(slot.data, this.strideOf(slot), data, this.#shape.isInPlace ? capacity : length, length);
    slot.data = data;
    slot.capacity = capacity;
  }

  /** Drops what was not used for the longest, until `wanted` more bytes are within the bound and no more than `most` are left. */
  #drop(wanted: number, most: number, kept: KvSlot | undefined): readonly KvSlot[] {
    const dropped: KvSlot[] = [];
    let bytes = this.bytes + wanted;
    for (const oldest of this.#slots) {
      if (bytes <= this.#maxBytes && this.#slots.size <= most) break;
      if (oldest === kept || oldest.isHeld === true) continue;
      this.#slots.delete(oldest);
      bytes -= this.#bytesOf(oldest.capacity);
      dropped.push(oldest);
    }
    return dropped;
  }

  #copy(
    from: readonly Float32Array[],
    fromStride: number,
    to: readonly Float32Array[],
    toStride: number,
    length: number,
  ): void {
    const { heads, width } = this.#shape;
    for (const [index, source] of from.entries()) {
      for (let head = 0; head < heads; head++) {
        const start = head * fromStride * width;
        to[index]?.set(source.subarray(start, start + length * width), head * toStride * width);
      }
    }
  }

  /** Subtle: room doubles, so that a growing sequence is copied a few times, and a short one takes little. */
  #roomFor(total: number): number {
    let capacity = SMALLEST;
    while (capacity < total) capacity *= 2;
    return Math.min(capacity, this.#shape.window);
  }

  #bytesOf(capacity: number): number {
    const { tensors, heads, width } = this.#shape;
    return tensors * heads * capacity * width * Float32Array.BYTES_PER_ELEMENT;
  }

  #use(slot: KvSlot): void {
    this.#slots.delete(slot);
    this.#slots.add(slot);
  }
}

function sharedLength(one: readonly TokenId[], other: readonly TokenId[]): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}
