/**
 * The memory of all blocks, within a bound in bytes. What the last emptied block had is kept for the next one of its size:
 * memory that was used before is quicker than new.
 */
import { blockBytes, type KvBlock, type KvShape, makeBlock, releasePlanes } from "./kv_block.ts";

/** Fewest positions that room is made for. */
const SMALLEST = 128;

export class KvBlocks {
  readonly #shape: KvShape;
  readonly #maxBytes: number;
  readonly #make: typeof makeBlock;
  readonly #used = new Set<KvBlock>();
  #emptied: KvBlock | undefined;

  /** @param make gets the memory of a block, or throws */
  constructor(shape: KvShape, maxBytes: number, make = makeBlock) {
    this.#shape = shape;
    this.#maxBytes = maxBytes;
    this.#make = make;
  }

  /** What blocks in use take. */
  get bytes(): number {
    let bytes = 0;
    for (const { lanes, capacity } of this.#used) bytes += this.#bytesOf(lanes, capacity);
    return bytes;
  }

  /** Whether `wanted` bytes more are within the bound. */
  hasRoom(wanted: number): boolean {
    return this.bytes + wanted <= this.#maxBytes;
  }

  /** Subtle: room doubles, so that a growing sequence is copied a few times, and a short one takes little. */
  roomFor(total: number): number {
    let capacity = SMALLEST;
    while (capacity < total) capacity *= 2;
    return Math.min(capacity, this.#shape.window);
  }

  /** Lanes with room for `total` positions that fit into a part of the bound. */
  lanesWithin(part: number, total: number): number {
    return Math.floor(this.#maxBytes * part / this.#bytesOf(1, this.roomFor(total)));
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
    return block;
  }

  /** Takes back a block that holds nothing any more. */
  giveBack(block: KvBlock): void {
    this.#used.delete(block);
    if (this.#emptied !== undefined) releasePlanes(this.#emptied.planes);
    this.#emptied = block;
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

  #bytesOf(lanes: number, capacity: number): number {
    return blockBytes(this.#shape, lanes, capacity);
  }
}
