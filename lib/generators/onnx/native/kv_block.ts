/**
 * Memory for keys and values of a few prefixes side by side, so that one pass of the model can extend them all.
 *
 * Each prefix has a lane. A tensor is `[lane, head, position, width]`, with room for `capacity` positions a head.
 */
import { MemoryError } from "../memory_error.ts";
import type { KvSlot } from "./kv_slots.ts";

export interface KvShape {
  /** Keys and values of every layer, counted apart. */
  readonly tensors: number;
  readonly heads: number;
  readonly width: number;
  /** Most positions of a slot. */
  readonly window: number;
  /** Logits after a prefix. */
  readonly vocabulary: number;
  /** Whether the graph writes new rows where the past ones lie. */
  readonly isInPlace: boolean;
}

export interface KvBlock {
  readonly lanes: number;
  /** Positions that each lane has room for. */
  readonly capacity: number;
  data: Float32Array<ArrayBuffer>[];
  /** `[lane, vocabulary]` */
  readonly logits: Float32Array<ArrayBuffer>;
  /** Whose rows lie in each lane. */
  readonly slots: (KvSlot | undefined)[];
}

export function makeBlock(shape: KvShape, lanes: number, capacity: number): KvBlock {
  return {
    lanes,
    capacity,
    data: roomFor(shape, lanes, capacity),
    logits: new Float32Array(lanes * shape.vocabulary),
    slots: Array.from({ length: lanes }, () => undefined),
  };
}

/** Keys and values of `lanes` prefixes of up to `capacity` positions, all zero. @throws {MemoryError} */
export function roomFor(shape: KvShape, lanes: number, capacity: number): Float32Array<ArrayBuffer>[] {
  const { tensors, heads, width } = shape;
  try {
    return Array.from({ length: tensors }, () => new Float32Array(lanes * heads * capacity * width));
  } catch (cause) {
    const megabytes = Math.ceil(blockBytes(shape, lanes, capacity) / 2 ** 20);
    throw new MemoryError(
      `Cannot keep keys and values of ${lanes * capacity} tokens: no ${megabytes} MB of memory are left`,
      { cause },
    );
  }
}

export function blockBytes({ tensors, heads, width, vocabulary }: KvShape, lanes: number, capacity: number): number {
  return lanes * (tensors * heads * capacity * width + vocabulary) * Float32Array.BYTES_PER_ELEMENT;
}

/** One lane's rows: `stride` of them a head. */
export interface Rows {
  readonly block: KvBlock;
  readonly lane: number;
  readonly stride: number;
}

/** Copies the first `length` positions of each head from one lane to another, or within one to another stride. */
export function copyRows({ heads, width }: KvShape, from: Rows, to: Rows, length: number): void {
  const fromLane = from.lane * heads * from.block.capacity, toLane = to.lane * heads * to.block.capacity;
  for (const [index, source] of from.block.data.entries()) {
    const target = to.block.data[index];
    for (let head = 0; head < heads; head++) {
      const start = (fromLane + head * from.stride) * width;
      target?.set(source.subarray(start, start + length * width), (toLane + head * to.stride) * width);
    }
  }
}

/** Copies a lane's logits to another lane. */
export function copyLogits({ vocabulary }: KvShape, from: Omit<Rows, "stride">, to: Omit<Rows, "stride">): void {
  to.block.logits.set(logitsOf({ vocabulary }, from), to.lane * vocabulary);
}

/** @returns a view, `[vocabulary]` */
export function logitsOf(
  { vocabulary }: Pick<KvShape, "vocabulary">,
  { block, lane }: Omit<Rows, "stride">,
): Float32Array<ArrayBuffer> {
  return block.logits.subarray(lane * vocabulary, (lane + 1) * vocabulary);
}
