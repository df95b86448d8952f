/**
 * Keys and values of slots of different lengths side by side, padded on their left to the longest, as a graph takes them that
 * gives whole new caches: `[row, head, position, width]`.
 */
import { blockBytes, type KvShape, type KvSlot, makePlanes, releasePlanes } from "./kv_block.ts";
import { HostPlane } from "./kv_memory.ts";

/** Positions by which rows get longer, so that most steps find room. */
const STRIDE = 64;

/** In this machine's memory: a device copies rows in another way. */
export class PaddedRows {
  readonly #shape: KvShape;
  #capacity = 0;
  /** What goes in, and what comes out. */
  #past: readonly HostPlane[] = [];
  #present: readonly HostPlane[] = [];

  constructor(shape: KvShape) {
    // No logits lie there.
    this.#shape = { ...shape, vocabulary: 0 };
  }

  get bytes(): number {
    return this.#bytesOf(this.#capacity);
  }

  /** What they take for these slots. */
  bytesFor(slots: readonly KvSlot[]): number {
    return this.#bytesOf(roomFor(slots));
  }

  /** Gives their memory back. */
  release(): void {
    releasePlanes([...this.#past, ...this.#present]);
    this.#past = this.#present = [];
    this.#capacity = 0;
  }

  /** Takes the memory for these slots. @throws {MemoryError} */
  reserve(slots: readonly KvSlot[]): void {
    this.#reserve(roomFor(slots));
  }

  /** The slots' rows as they are, and room for one position more of each, which was reserved. */
  fill(slots: readonly KvSlot[]) {
    const { heads, width } = this.#shape, positions = longest(slots);
    for (const [index, plane] of this.#past.entries()) {
      for (const [row, { block, ids: { length } }] of slots.entries()) {
        const source = block.planes[index], padding = positions - length;
        // Subtle: padding is masked, and must be numbers all the same, as a masked NaN is still one.
        for (let head = row * heads; head < (row + 1) * heads; head++) {
          plane.data.fill(0, head * positions * width, (head * positions + padding) * width);
        }
        const from = { start: 0, stride: length };
        const to = { start: (row * heads * positions + padding) * width, stride: positions };
        if (source !== undefined) plane.copyFrom(source, { heads, width, length, from, to });
      }
    }
    return { past: this.#past, present: this.#present, positions };
  }

  /** Gives each slot its rows of what came out; the slots do not count the new position yet. */
  give(slots: readonly KvSlot[]): void {
    const { heads, width } = this.#shape, total = longest(slots) + 1;
    for (const [index, plane] of this.#present.entries()) {
      for (const [row, { block, ids }] of slots.entries()) {
        const length = ids.length + 1;
        const from = { start: (row * heads * total + total - length) * width, stride: total };
        block.planes[index]?.copyFrom(plane, { heads, width, length, from, to: { start: 0, stride: length } });
      }
    }
  }

  #bytesOf(positions: number): number {
    return 2 * blockBytes(this.#shape, 1, positions);
  }

  #reserve(positions: number): void {
    if (positions <= this.#capacity) return;
    // What was there is let go of before more is asked for.
    this.release();
    this.#past = makePlanes(this.#shape, 1, positions).filter(isHost);
    this.#present = makePlanes(this.#shape, 1, positions).filter(isHost);
    this.#capacity = positions;
  }
}

/** Positions of all rows together. */
function roomFor(slots: readonly KvSlot[]): number {
  return slots.length * Math.ceil((longest(slots) + 1) / STRIDE) * STRIDE;
}

function isHost(plane: unknown): plane is HostPlane {
  return plane instanceof HostPlane;
}

function longest(slots: readonly KvSlot[]): number {
  return Math.max(...slots.map(({ ids }) => ids.length));
}
