/**
 * The memory of all blocks, within a bound in bytes. What the last emptied block had is kept for the next one of its size:
 * memory that was used before is quicker than new.
 */
import { blockBytes, type KvBlock, type KvShape, type KvSlot, makeBlock, releasePlanes } from "./kv_block.ts";

/** Fewest positions that room is made for. */
const SMALLEST = 128;

/** Keys and values that passes keep beside the slots: they count as slots do. */
export interface Aside {
  readonly bytes: number;
  /** Positions of a slot that passes extend without more of it. */
  readonly capacity: number;
  /** Gives the memory back; the next pass that needs it makes it anew. */
  release(): void;
}

export class KvBlocks {
  aside: Aside = { bytes: 0, capacity: Infinity, release() {} };
  readonly #shape: KvShape;
  readonly maxBytes: number;
  readonly #make: typeof makeBlock;
  readonly #used = new Set<KvBlock>();
  #usedBytes = 0;
  #emptied: KvBlock | undefined;

  /** @param make gets the memory of a block, or throws */
  constructor(shape: KvShape, maxBytes: number, make = makeBlock) {
    this.#shape = shape;
    this.maxBytes = maxBytes;
    this.#make = make;
  }

  /** What blocks in use take. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** What all blocks take, that which was emptied last among them, and what lies beside. */
  get bytes(): number {
    return this.#usedBytes + this.#sizeOf(this.#emptied) + this.aside.bytes;
  }

  get isBeyondBound(): boolean {
    return this.bytes > this.maxBytes;
  }

  /** Whether `wanted` bytes more are within the bound. What was emptied last is not counted: it is used again, or goes. */
  hasRoom(wanted: number): boolean {
    return this.#usedBytes + this.aside.bytes + wanted <= this.maxBytes;
  }

  /** What a new block takes together with those that hold a slot which is needed. */
  bytesWith(lanes: number, total: number, isNeeded: (slot: KvSlot) => boolean): number {
    let largest = this.roomFor(total), bytes = this.#bytesOf(lanes, largest);
    for (const block of this.#used) {
      if (!block.slots.some((slot) => slot !== undefined && isNeeded(slot))) continue;
      bytes += this.#sizeOf(block);
      largest = Math.max(largest, block.capacity);
    }
    // A graph that gives whole new caches writes them into memory of that size beside.
    return this.#shape.isInPlace ? bytes : bytes + this.#bytesOf(1, largest);
  }

  /** Subtle: room doubles, so that a growing sequence is copied a few times, and a short one takes little. */
  roomFor(total: number): number {
    if (this.#shape.fixedLength !== undefined) return this.#shape.fixedLength;
    let capacity = SMALLEST;
    while (capacity < total) capacity *= 2;
    return Math.min(capacity, this.#shape.window);
  }

  /** Lanes with room for `total` positions that fit into a part of the bound. */
  lanesWithin(part: number, total: number): number {
    return Math.floor(this.maxBytes * part / this.#bytesOf(1, this.roomFor(total)));
  }

  /**
   * A new block with room for `total` positions a lane.
   * @param drop gives up what nobody uses, until so many bytes more have room
   * @throws {MemoryError} where even then no memory is to be had
   */
  take(lanes: number, total: number, drop: (wanted: number) => void): KvBlock {
    const capacity = this.roomFor(total);
    drop(this.#bytesOf(lanes, capacity));
    const block = this.#takeEmptied(lanes, capacity) ?? this.#newMemory(lanes, capacity, drop);
    this.#used.add(block);
    this.#usedBytes += this.#sizeOf(block);
    return block;
  }

  /** Takes back a block that holds nothing any more. */
  giveBack(block: KvBlock): void {
    if (this.#used.delete(block)) this.#usedBytes -= this.#sizeOf(block);
    this.releaseEmptied();
    this.#emptied = block;
  }

  /** Gives the memory back of the block that was emptied last. */
  releaseEmptied(): void {
    if (this.#emptied !== undefined) releasePlanes(this.#emptied.planes);
    this.#emptied = undefined;
  }

  /** The block that was emptied last, if it is of that size; else its memory is released. */
  #takeEmptied(lanes: number, capacity: number): KvBlock | undefined {
    const emptied = this.#emptied;
    this.#emptied = undefined;
    if (emptied?.lanes === lanes && emptied.capacity === capacity) return emptied;
    if (emptied !== undefined) releasePlanes(emptied.planes);
    return undefined;
  }

  /** Memory that is not to be had may be had once everything that nobody uses is dropped. */
  #newMemory(lanes: number, capacity: number, drop: (wanted: number) => void): KvBlock {
    try {
      return this.#make(this.#shape, lanes, capacity);
    } catch {
      drop(Infinity);
      return this.#takeEmptied(lanes, capacity) ?? this.#make(this.#shape, lanes, capacity);
    }
  }

  #sizeOf(block: KvBlock | undefined): number {
    return block === undefined ? 0 : this.#bytesOf(block.lanes, block.capacity);
  }

  #bytesOf(lanes: number, capacity: number): number {
    return blockBytes(this.#shape, lanes, capacity);
  }
}
