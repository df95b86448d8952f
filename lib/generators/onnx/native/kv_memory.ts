/**
 * Memory that keys and values of prefixes lie in: this machine's, or a device's.
 *
 * A plane holds the keys, or the values, of one layer for all lanes of a block: `[lane, head, position, width]`.
 */
import type { OrtLibrary } from "./library.ts";
import { FLOAT, type FLOAT16, NativeTensor, type NativeValue } from "./session.ts";

/** Rows of one lane in a plane. */
export interface PlaneRows {
  /** The number of the plane that the lane starts at. */
  readonly start: number;
  /** Rows that lie between the beginnings of two heads. */
  readonly stride: number;
}

/** The first `length` rows of each head. */
export interface CopiedRows {
  readonly heads: number;
  readonly width: number;
  readonly length: number;
  readonly from: PlaneRows;
  readonly to: PlaneRows;
}

export interface KvPlane {
  /** A tensor over the numbers from `start` on. */
  tensor(library: OrtLibrary, start: number, dims: readonly number[]): NativeValue;
  /** @param source of the same memory, or this plane itself */
  copyFrom(source: KvPlane, rows: CopiedRows): void;
  release(): void;
}

export interface KvMemory {
  readonly elementType: typeof FLOAT | typeof FLOAT16;
  /** Lanes that a block may have: where a tensor can only start where its memory does, there is one. */
  readonly mostLanes: number;
  /** A plane of `elements` numbers, all zero. */
  plane(elements: number): KvPlane;
  /** Gives back all that lies in it; nothing may use it any more. */
  close(): void;
}

export function elementBytes({ elementType }: KvMemory): number {
  return elementType === FLOAT ? Float32Array.BYTES_PER_ELEMENT : Uint16Array.BYTES_PER_ELEMENT;
}

/** Memory of JavaScript's. Half-precision numbers are carried as the bits that they are. */
export class HostMemory implements KvMemory {
  readonly mostLanes = Infinity;

  constructor(readonly elementType: KvMemory["elementType"] = FLOAT) {}

  plane(elements: number): HostPlane {
    const memory = lazyMemory(elements * elementBytes(this));
    return new HostPlane(
      this.elementType === FLOAT ? new Float32Array(memory, 0, elements) : new Uint16Array(memory, 0, elements),
    );
  }

  /** The garbage collector does it. */
  close(): void {}
}

/**
 * Zeros that take memory only as they are written.
 * Subtle: of a buffer that could be resized V8 asks the system itself. Other ones come from the C library, which the app
 * tells to ask for huge pages, as weights are read faster in them: but one that is still to be found and cleared takes
 * milliseconds, and a short prompt writes little of each.
 */
function lazyMemory(bytes: number): ArrayBuffer {
  return new ArrayBuffer(bytes, { maxByteLength: bytes });
}

export class HostPlane implements KvPlane {
  constructor(readonly data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>) {}

  tensor(library: OrtLibrary, start: number, dims: readonly number[]): NativeTensor {
    const elements = dims.reduce((product, size) => product * size, 1);
    return new NativeTensor(library, this.data.subarray(start, Math.max(start + 1, start + elements)), dims);
  }

  /** Subtle: within one plane heads only move towards its beginning, so that none is written over before it was read. */
  copyFrom(source: KvPlane, { heads, width, length, from, to }: CopiedRows): void {
    if (!(source instanceof HostPlane)) throw new TypeError("Cannot copy rows out of a device's memory");
    for (let head = 0; head < heads; head++) {
      const start = from.start + head * from.stride * width;
      this.data.set(source.data.subarray(start, start + length * width), to.start + head * to.stride * width);
    }
  }

  /**
   * Gives the memory back at once: the garbage collector sees how small the object is, and not what hangs on it, so that
   * planes of many prefixes would pile up until it comes.
   */
  release(): void {
    this.data.buffer.transferToFixedLength(0);
  }
}
