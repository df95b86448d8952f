/**
 * The prefix cache: keys and values of prefixes, each in a slot that grows in place.
 *
 * A slot is extended where it stands; a branch from its middle gets a slot of its own, by copying the rows that both
 * share. Slots that take steps together are moved into one block, lane beside lane, so that one pass extends them all.
 *
 * Subtle: rows of one head lie one after the other, `stride` of them a head: as many as the slot has room for where the
 * graph writes into the slot itself, and as many as there are positions where it writes a whole new cache.
 */
import type { TokenId } from "../../../lm/token.ts";
import { MemoryError } from "../memory_error.ts";
import {
  canTake,
  clearLane,
  copyLogits,
  copyRows,
  type KvBlock,
  type KvShape,
  type KvSlot,
  logitsOf,
  makeBlock,
  type Rows,
  sharedLength,
  spread,
  takes,
} from "./kv_block.ts";
import { type Aside, KvBlocks } from "./kv_blocks.ts";

/** Lanes of one block that lie side by side. */
export interface Lanes {
  readonly block: KvBlock;
  readonly first: number;
  readonly count: number;
}

/** Most slots, whatever their size: memory that was used before is quicker than new, and few are quickly looked through. */
const MOST = 64;

/** Most lanes of a block: passes with more rows gain little. */
const MOST_LANES = 16;

/** What a block of several lanes may take of the bound, so that there is room for others beside it. */
const SHARED_PART = 0.75;

/** Slots in the order of their last use, bounded in bytes. */
export class KvSlots {
  readonly #shape: KvShape;
  readonly #blocks: KvBlocks;
  readonly #onFree: (block: KvBlock) => void;
  readonly #slots = new Set<KvSlot>();
  /** Where slots are gathered. */
  #shared: KvBlock | undefined;

  /**
   * @param onFree told of each block that holds nothing any more
   * @param make gets the memory of a block, or throws
   */
  constructor(shape: KvShape, maxBytes: number, onFree: (block: KvBlock) => void = () => {}, make = makeBlock) {
    this.#shape = shape;
    this.#blocks = new KvBlocks(shape, maxBytes, make);
    this.#onFree = onFree;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** All memory for keys and values: of slots, of the block that was emptied last, and beside. */
  get bytes(): number {
    return this.#blocks.bytes;
  }

  get isBeyondBound(): boolean {
    return this.#blocks.isBeyondBound;
  }

  set aside(aside: Aside) {
    this.#blocks.aside = aside;
  }

  /** The slot that shares the longest beginning with `ids`, and how long that is. */
  find(ids: readonly TokenId[]): { readonly slot: KvSlot; readonly length: number } | undefined {
    let best: KvSlot | undefined, length = 0;
    for (const slot of this.#slots) {
      const shared = sharedLength(slot.ids, ids);
      // Of equals one that nobody extends, since it can be taken as it is.
      if (shared > length || (shared === length && shared > 0 && best?.isHeld === true)) {
        [best, length] = [slot, shared];
      }
    }
    if (best === undefined) return undefined;
    this.#slots.delete(best);
    this.#slots.add(best);
    return { slot: best, length };
  }

  /**
   * A slot that holds the first `length` positions of `source` and no more, with room for `total`: itself, if it goes at
   * most `spared` positions further, which are given up; else another one.
   */
  holding(source: KvSlot | undefined, length: number, total: number, spared = 0): KvSlot {
    const isOwn = canTake(source, length, spared);
    const slot = isOwn ? source : this.#fork(source, length, total);
    if (isOwn && source.ids.length > length) this.#cut(source, length);
    slot.hasLogits = false;
    if (slot.block.capacity < total) this.#grow(slot, total);
    return slot;
  }

  /** Whether `holding` finds it where it lies, and passes over it, beside all that is held, take no more memory. */
  isThere(source: KvSlot | undefined, length: number, total: number, spared = 0): boolean {
    if (!canTake(source, length, spared) || source.block.capacity < total) return false;
    // Subtle: what has just begun to be extended may take more beside it in its next pass than lies there yet.
    for (const slot of this.#slots) {
      if ((slot.isHeld || slot === source) && slot.block.capacity > this.#blocks.aside.capacity) return false;
    }
    return true;
  }

  /** Whether what `holding` gives is within the bound, once all has been dropped that nobody extends. */
  hasRoomFor(source: KvSlot | undefined, length: number, total: number, spared = 0): boolean {
    // What only grows leaves the place where it was.
    const read = canTake(source, length, spared) ? undefined : source;
    return this.#blocks.bytesWith(1, total, (slot) => slot.isHeld || slot === read) <= this.#blocks.maxBytes;
  }

  /** Whether so many bytes beside the slots are within the bound, once all has been dropped that nobody extends. */
  hasRoomAside(bytes: number): boolean {
    return this.#blocks.bytesWith(0, 0, ({ isHeld }) => isHeld) + bytes <= this.#blocks.maxBytes;
  }

  /** Drops what nobody extends, but never `kept` slots, until so many bytes beside the slots are within the bound. */
  makeRoomAside(bytes: number, kept: readonly KvSlot[]): void {
    this.#drop(bytes, kept);
    this.#blocks.releaseEmptied();
  }

  /**
   * Drops what is beyond the bound, but neither what `users` used last, nor what is held, nor the slot that was used last.
   * @param users the runs that go on
   */
  trim(users: ReadonlySet<AbortSignal>): void {
    if (!this.isBeyondBound) return;
    this.#blocks.releaseEmptied();
    if (users.size === 0 && !this.#blocks.hasRoom(0)) this.#blocks.aside.release();
    const last = [...this.#slots].at(-1);
    for (const slot of this.#slots) {
      if (this.#blocks.hasRoom(0)) break;
      const isUsed = slot.user !== undefined && users.has(slot.user);
      if (!slot.isHeld && !isUsed && slot !== last) this.forget(slot);
    }
    if (this.isBeyondBound) this.#blocks.releaseEmptied();
  }

  /** Most slots of up to `total` positions that can be extended in one pass. */
  mostLanes(total: number): number {
    if (!this.#shape.isInPlace) return 1;
    const fitting = this.#blocks.lanesWithin(SHARED_PART, total);
    return Math.max(1, Math.min(MOST_LANES, this.#shape.memory.mostLanes, fitting));
  }

  /**
   * Moves slots side by side, with room for one more position each.
   * @param slots at most `mostLanes` of them
   * @returns lanes that hold them all; others between them are nobody's, or of slots that are not asked for. Absent where
   * they do not fit side by side into the bound
   */
  gather(slots: readonly KvSlot[]): Lanes | undefined {
    const total = Math.max(...slots.map(({ ids }) => ids.length + 1));
    const [only] = slots;
    if (only !== undefined && slots.length === 1) {
      if (only.block.capacity < total) this.#grow(only, total);
      return { block: only.block, first: only.lane, count: 1 };
    }
    const block = this.#sharedFor(slots, total);
    if (block === undefined) return undefined;
    for (const slot of slots) if (slot.block !== block) this.#move(slot, block, this.#freeLane(block, slots));
    if (spread(slots) > 2 * slots.length) this.#compact(block, slots);
    const first = Math.min(...slots.map(({ lane }) => lane));
    return { block, first, count: spread(slots) };
  }

  /** Drops a slot, whoever holds it: nobody finds what it holds any more. */
  forget(slot: KvSlot): void {
    this.#slots.delete(slot);
    slot.block.slots[slot.lane] = undefined;
    this.#freeIfEmpty(slot.block);
  }

  /**
   * Drops a slot whose rows are no numbers, and the rows.
   * Subtle: a weight of 0 times NaN is NaN, so that they would spoil whoever has the lane next, though they are masked.
   */
  forgetRows(slot: KvSlot): void {
    clearLane(this.#shape, slot.block, slot.lane);
    this.forget(slot);
  }

  /** Logits after the slot's last id, as a view; absent where they were not computed. */
  logitsOf(slot: KvSlot): Float32Array | undefined {
    return slot.hasLogits ? logitsOf(this.#shape, slot) : undefined;
  }

  strideOf({ block: { capacity }, ids }: KvSlot): number {
    return this.#shape.isInPlace ? capacity : ids.length;
  }

  #rowsOf(slot: KvSlot) {
    return { block: slot.block, lane: slot.lane, stride: this.strideOf(slot) };
  }

  #cut(slot: KvSlot, length: number): void {
    // Some of its rows may have moved when others cannot.
    if (!this.#shape.isInPlace) this.#copy(slot, { ...slot, stride: length }, length, () => this.forget(slot));
    slot.ids.length = length;
  }

  #fork(source: KvSlot | undefined, length: number, total: number): KvSlot {
    const block = this.#newBlock(1, total, source);
    const ids = source?.ids.slice(0, length) ?? [];
    const slot: KvSlot = { ids, block, lane: 0, hasLogits: false, isHeld: false };
    if (source !== undefined) this.#copy(source, this.#rowsOf(slot), length);
    block.slots[0] = slot;
    this.#slots.add(slot);
    return slot;
  }

  #grow(slot: KvSlot, total: number): void {
    this.#move(slot, this.#newBlock(1, total, slot), 0);
  }

  #move(slot: KvSlot, block: KvBlock, lane: number): void {
    const from = this.#rowsOf(slot);
    this.#copy(slot, this.#rowsOf({ ...slot, block, lane }), slot.ids.length);
    copyLogits(this.#shape, from, { block, lane });
    slot.block = block;
    slot.lane = lane;
    block.slots[lane] = slot;
    from.block.slots[from.lane] = undefined;
    this.#freeIfEmpty(from.block);
    if (this.isBeyondBound) this.#blocks.releaseEmptied();
  }

  /** Copies the first rows of a slot. @param giveUp called where that fails, as it may on a device */
  #copy(slot: KvSlot, to: Rows, length: number, giveUp = () => this.#freeIfEmpty(to.block)): void {
    try {
      copyRows(this.#shape, this.#rowsOf(slot), to, length);
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  /**
   * A block for all of `slots`: one where some of them lie, the shared one, or a new one where those are too small or too
   * full of what others extend.
   */
  #sharedFor(slots: readonly KvSlot[], total: number): KvBlock | undefined {
    for (const { block } of slots) if (takes(block, slots, total)) return block;
    if (this.#shared !== undefined && takes(this.#shared, slots, total)) return this.#shared;
    // Subtle: whoever is still being read joins soon, so that a block that fits all of them is made once.
    const held = [...this.#slots].filter(({ isHeld }) => isHeld).length;
    let lanes = 2;
    while (lanes < Math.max(slots.length, held)) lanes *= 2;
    // A run that is alone may be beyond the bound: side by side it takes no more than it does already.
    const bound = Math.max(this.#blocks.maxBytes, this.#blocks.usedBytes);
    const isOthers = (slot: KvSlot) => slot.isHeld && !slots.includes(slot);
    for (const count of [Math.min(lanes, this.mostLanes(total)), slots.length]) {
      if (this.#blocks.bytesWith(count, total, isOthers) > bound) continue;
      try {
        return this.#shared = this.#newBlock(count, total, ...slots);
      } catch (error) {
        // Without the memory to go side by side each goes on by itself.
        if (!(error instanceof MemoryError)) throw error;
      }
    }
    return undefined;
  }

  /** An empty lane, else the one that was not used for the longest, whose slot is dropped. */
  #freeLane(block: KvBlock, kept: readonly KvSlot[]): number {
    const empty = block.slots.indexOf(undefined);
    if (empty >= 0) return empty;
    for (const slot of this.#slots) {
      if (slot.block !== block || slot.isHeld || kept.includes(slot)) continue;
      this.#slots.delete(slot);
      block.slots[slot.lane] = undefined;
      return slot.lane;
    }
    throw new RangeError(`Cannot gather slots: all ${block.lanes} lanes are in use`);
  }

  /** Moves `slots` into the first lanes that others do not extend; what else lies there is dropped. */
  #compact(block: KvBlock, slots: readonly KvSlot[]): void {
    const isFree = (slot: KvSlot | undefined) => slot === undefined || !slot.isHeld || slots.includes(slot);
    const targets = block.slots.flatMap((slot, lane) => isFree(slot) ? [lane] : []).slice(0, slots.length);
    const free = targets.filter((lane) => !slots.some((slot) => slot.lane === lane));
    for (const slot of slots) {
      if (targets.includes(slot.lane)) continue;
      const lane = free.shift();
      if (lane === undefined) return;
      const dropped = block.slots[lane];
      if (dropped !== undefined) this.#slots.delete(dropped);
      this.#move(slot, block, lane);
    }
  }

  /** A new block, for which unused slots are dropped; never `kept` ones, which are still to be read. */
  #newBlock(lanes: number, total: number, ...kept: readonly (KvSlot | undefined)[]): KvBlock {
    return this.#blocks.take(lanes, total, (wanted) => this.#drop(wanted, kept));
  }

  /** Drops what was not used for the longest, until `wanted` more bytes are within the bound. */
  #drop(wanted: number, kept: readonly (KvSlot | undefined)[]): void {
    for (const oldest of this.#slots) {
      if (this.#blocks.hasRoom(wanted) && this.#slots.size < MOST) break;
      if (!oldest.isHeld && !kept.includes(oldest)) this.forget(oldest);
    }
    if (!this.#blocks.hasRoom(wanted)) this.#blocks.aside.release();
  }

  #freeIfEmpty(block: KvBlock): void {
    if (block.slots.some((slot) => slot !== undefined)) return;
    if (this.#shared === block) this.#shared = undefined;
    this.#onFree(block);
    this.#blocks.giveBack(block);
  }
}
