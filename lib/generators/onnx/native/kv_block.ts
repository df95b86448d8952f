/**
 * Memory for keys and values of a few prefixes side by side, so that one pass of the model can extend them all.
 *
 * Each prefix is a slot and has a lane of a block. A tensor is `[lane, head, position, width]`, with room for `capacity` positions a head.
 */
import type { TokenId } from "../../../lm/token.ts";
import { MemoryError } from "../memory_error.ts";
import { elementBytes, HostPlane, type KvMemory, type KvPlane } from "./kv_memory.ts";

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
  /** Positions that the graph takes, where it takes no other number of them. */
  readonly fixedLength?: number | undefined;
  readonly memory: KvMemory;
}

export interface KvBlock {
  readonly lanes: number;
  /** Positions that each lane has room for. */
  readonly capacity: number;
  planes: readonly KvPlane[];
  /** `[lane, vocabulary]` */
  readonly logits: Float32Array<ArrayBuffer>;
  /** Whose rows lie in each lane. */
  readonly slots: (KvSlot | undefined)[];
}

/** A prefix, and where its keys and values lie. */
export interface KvSlot {
  /** What it holds, position by position. */
  ids: TokenId[];
  block: KvBlock;
  lane: number;
  /** Whether the block holds the logits after the last id. */
  hasLogits: boolean;
  /** While passes go on that extend it: others may read its rows, and not extend or drop it. */
  isHeld: boolean;
  /** The signal of the run that extended it last. */
  user?: AbortSignal | undefined;
}

/** @throws {MemoryError} */
export function makeBlock(shape: KvShape, lanes: number, capacity: number): KvBlock {
  const planes = makePlanes(shape, lanes, capacity), slots = Array.from({ length: lanes }, () => undefined);
  try {
    return { lanes, capacity, planes, logits: new Float32Array(lanes * shape.vocabulary), slots };
  } catch (cause) {
    releasePlanes(planes);
    throw noMemory(shape, lanes, capacity, cause);
  }
}

export function releasePlanes(planes: readonly KvPlane[]): void {
  for (const plane of planes) plane.release();
}

/** Room for keys and values of `lanes` prefixes of up to `capacity` positions, all zero. @throws {MemoryError} */
export function makePlanes(shape: KvShape, lanes: number, capacity: number): readonly KvPlane[] {
  const { tensors, heads, width, memory } = shape;
  const planes: KvPlane[] = [];
  try {
    while (planes.length < tensors) planes.push(memory.plane(lanes * heads * capacity * width));
    return planes;
  } catch (cause) {
    releasePlanes(planes);
    throw noMemory(shape, lanes, capacity, cause);
  }
}

function noMemory(shape: KvShape, lanes: number, capacity: number, cause: unknown): MemoryError {
  const megabytes = Math.ceil(blockBytes(shape, lanes, capacity) / 2 ** 20);
  return new MemoryError(
    `Cannot keep keys and values of ${lanes * capacity} tokens: no ${megabytes} MB of memory are left`,
    { cause },
  );
}

export function blockBytes(shape: KvShape, lanes: number, capacity: number): number {
  const { tensors, heads, width, vocabulary, memory } = shape;
  const cached = tensors * heads * capacity * width * elementBytes(memory);
  return lanes * (cached + vocabulary * Float32Array.BYTES_PER_ELEMENT);
}

/** One lane's rows: `stride` of them a head. */
export interface Rows {
  readonly block: KvBlock;
  readonly lane: number;
  readonly stride: number;
}

/** Copies the first `length` positions of each head from one lane to another, or within one to another stride. */
export function copyRows({ heads, width }: KvShape, from: Rows, to: Rows, length: number): void {
  const rowsOf = ({ block, lane, stride }: Rows) => ({ start: lane * heads * block.capacity * width, stride });
  const rows = { heads, width, length, from: rowsOf(from), to: rowsOf(to) };
  for (const [index, source] of from.block.planes.entries()) to.block.planes[index]?.copyFrom(source, rows);
}

/** Zeros in place of a lane's rows, where they lie in this machine's memory. */
export function clearLane({ heads, width }: KvShape, { planes, capacity }: KvBlock, lane: number): void {
  const elements = heads * capacity * width;
  for (const plane of planes) {
    if (plane instanceof HostPlane) plane.data.fill(0, lane * elements, (lane + 1) * elements);
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

/** Whether a block has room for all of `slots`, beside what others extend there. */
export function takes(block: KvBlock, slots: readonly KvSlot[], total: number): boolean {
  if (block.lanes < slots.length || block.capacity < total) return false;
  const others = block.slots.filter((slot) => slot?.isHeld === true && !slots.includes(slot));
  return block.lanes - others.length >= slots.length;
}

/** Lanes from the first to the last of `slots`. */
export function spread(slots: readonly KvSlot[]): number {
  const lanes = slots.map(({ lane }) => lane);
  return Math.max(...lanes) - Math.min(...lanes) + 1;
}

/** Positions at which both begin alike. */
export function sharedLength(one: readonly TokenId[], other: readonly TokenId[]): number {
  const end = Math.min(one.length, other.length);
  let length = 0;
  while (length < end && one[length] === other[length]) length++;
  return length;
}

/** Whether a slot can be extended after `length` positions where it lies. */
export function canTake(source: KvSlot | undefined, length: number, spared: number): source is KvSlot {
  return source !== undefined && !source.isHeld && source.ids.length - length <= spared;
}
