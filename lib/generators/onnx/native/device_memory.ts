/**
 * Memory of the device that runs a session. Keys and values stay there from one pass to the next, so that a step moves
 * token ids one way and logits the other, and nothing else.
 */
import { copyGraph } from "./copy_graph.ts";
import { type CopiedRows, elementBytes, type KvMemory, type KvPlane } from "./kv_memory.ts";
import { type OrtLibrary, text } from "./library.ts";
import { FLOAT16, type NativeDevice, NativeSession, NativeTensor, type NativeValue } from "./session.ts";

/** As the library calls the memory that sessions on a device allocate. */
const NAMES: Readonly<Record<NativeDevice, string>> = { cpu: "Cpu", cuda: "Cuda", webgpu: "WebGPU_Buf" };

const DEFAULT_ALLOCATOR = 0, FIRST_DEVICE = 0, DEFAULT_MEMORY = 0;

export class DeviceMemory implements KvMemory {
  readonly elementType: KvMemory["elementType"];
  readonly mostLanes: number;
  readonly library: OrtLibrary;
  readonly info: Deno.PointerValue;
  readonly allocator: Deno.PointerValue;
  readonly #copies: NativeSession;
  readonly #planes = new Set<DevicePlane>();

  /**
   * @param session whose device allocates
   * @throws {Error} with the runtime's message, where the device has no memory that can be used so
   */
  constructor(
    library: OrtLibrary,
    session: NativeSession,
    { device, elementType }: { readonly device: NativeDevice; readonly elementType: KvMemory["elementType"] },
  ) {
    this.library = library;
    this.elementType = elementType;
    // Subtle: WebGPU names its memory by handles, from which no place within can be reckoned.
    this.mostLanes = device === "webgpu" ? 1 : Infinity;
    this.info = library.make("CreateMemoryInfo", text(NAMES[device]), DEFAULT_ALLOCATOR, FIRST_DEVICE, DEFAULT_MEMORY);
    this.allocator = library.make("CreateAllocator", session.pointer, this.info);
    try {
      this.#copies = NativeSession.ofBytes(library, copyGraph(elementType), { threads: 1, device });
    } catch (error) {
      // Subtle: it would keep the session's memory, also after that is closed.
      library.release("ReleaseAllocator", this.allocator);
      throw error;
    }
  }

  plane(elements: number): DevicePlane {
    const plane = new DevicePlane(this, elements, () => this.#planes.delete(plane));
    this.#planes.add(plane);
    const zero = new NativeTensor(this.library, this.#isHalf ? new Uint16Array(1) : new Float32Array(1), [1, 1, 1]);
    const all = plane.tensor(this.library, 0, [1, elements, 1]);
    try {
      this.copy(zero, all, 1, elements - 1);
      return plane;
    } catch (error) {
      plane.release();
      throw error;
    } finally {
      for (const tensor of [zero, all]) tensor.release();
    }
  }

  /** Copies `length` rows of each head and lets `padding` rows of zeros follow them. */
  copy(x: NativeValue, y: NativeValue, length: number, padding: number): void {
    const to = new NativeTensor(this.library, BigInt64Array.of(BigInt(length)), [1]);
    const pads = new NativeTensor(this.library, BigInt64Array.of(0n, 0n, 0n, 0n, BigInt(padding), 0n), [6]);
    try {
      this.#copies.run({ x, to, pads }, { y });
    } finally {
      for (const tensor of [to, pads]) tensor.release();
    }
  }

  close(): void {
    for (const plane of this.#planes) plane.release();
    this.#copies.close();
    this.library.release("ReleaseAllocator", this.allocator);
  }

  get #isHalf(): boolean {
    return this.elementType === FLOAT16;
  }
}

class DevicePlane implements KvPlane {
  readonly #memory: DeviceMemory;
  readonly #value: Deno.PointerValue;
  readonly #address: bigint;

  readonly #onRelease: () => void;

  constructor(memory: DeviceMemory, elements: number, onRelease: () => void) {
    this.#onRelease = onRelease;
    const { library, allocator, elementType } = memory;
    this.#memory = memory;
    this.#value = library.make(
      "CreateTensorAsOrtValue",
      allocator,
      BigInt64Array.of(BigInt(elements)),
      1n,
      elementType,
    );
    this.#address = Deno.UnsafePointer.value(library.make("GetTensorMutableData", this.#value));
  }

  tensor(library: OrtLibrary, start: number, dims: readonly number[]): NativeValue {
    const { info, elementType } = this.#memory, size = elementBytes(this.#memory);
    const elements = dims.reduce((product, length) => product * length, 1);
    const pointer = library.make(
      "CreateTensorWithDataAsOrtValue",
      info,
      Deno.UnsafePointer.create(this.#address + BigInt(start * size)),
      BigInt(elements * size),
      BigInt64Array.from(dims, BigInt),
      BigInt(dims.length),
      elementType,
    );
    return { pointer, release: () => library.release("ReleaseValue", pointer) };
  }

  copyFrom(source: KvPlane, { heads, width, length, from, to }: CopiedRows): void {
    if (length === 0) return;
    const { library } = this.#memory;
    const x = source.tensor(library, from.start, [heads, from.stride, width]);
    const y = this.tensor(library, to.start, [heads, to.stride, width]);
    try {
      this.#memory.copy(x, y, length, to.stride - length);
    } finally {
      for (const tensor of [x, y]) tensor.release();
    }
  }

  release(): void {
    this.#onRelease();
    this.#memory.library.release("ReleaseValue", this.#value);
  }
}
