/**
 * The C API of ONNX Runtime, called directly in the library that the npm package `onnxruntime-node` brings along.
 *
 * The package's own binding copies every output into new memory of JavaScript's, so a cache of attention is copied as a
 * whole at each token. Called directly, the library reads and writes buffers that stay ours.
 */

import { memoryErrorOf } from "../memory_error.ts";

/**
 * Function → its place in the API's table. Places never move: versions of the API only append (onnxruntime_c_api.h, whose
 * own assertions put ReleaseCustomOpDomain at 101, SetGlobalSpinControl at 149, SynchronizeBoundOutputs at 203 and
 * ReleaseKernelInfo at 218).
 */
const PLACES = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSession: 7,
  CreateSessionFromArray: 8,
  Run: 9,
  CreateSessionOptions: 10,
  SetOptimizedModelFilePath: 11,
  DisableMemPattern: 17,
  SetSessionLogSeverityLevel: 22,
  SetIntraOpNumThreads: 24,
  SessionGetInputCount: 30,
  SessionGetOutputCount: 31,
  SessionGetInputTypeInfo: 33,
  SessionGetOutputTypeInfo: 34,
  SessionGetInputName: 36,
  SessionGetOutputName: 37,
  CreateTensorAsOrtValue: 48,
  CreateTensorWithDataAsOrtValue: 49,
  GetTensorMutableData: 51,
  CastTypeInfoToTensorInfo: 55,
  GetTensorElementType: 60,
  GetDimensionsCount: 61,
  GetDimensions: 62,
  CreateMemoryInfo: 68,
  CreateCpuMemoryInfo: 69,
  AllocatorAlloc: 75,
  AllocatorFree: 76,
  GetAllocatorWithDefaultOptions: 78,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseTypeInfo: 98,
  ReleaseSessionOptions: 100,
  AddSessionConfigEntry: 130,
  CreateAllocator: 131,
  ReleaseAllocator: 132,
  SessionOptionsAppendExecutionProvider_CUDA_V2: 204,
  CreateCUDAProviderOptions: 205,
  UpdateCUDAProviderOptions: 206,
  ReleaseCUDAProviderOptions: 208,
  SessionOptionsAppendExecutionProvider: 216,
  SessionOptionsSetLoadCancellationFlag: 293,
} as const;
type Name = keyof typeof PLACES;

/** What the calls take; each gives a status, which is null when all went well, or nothing. */
const STATUS = {
  CreateEnv: ["i32", "buffer", "buffer"],
  CreateSession: ["pointer", "buffer", "pointer", "buffer"],
  CreateSessionFromArray: ["pointer", "buffer", "usize", "pointer", "buffer"],
  Run: ["pointer", "pointer", "buffer", "buffer", "usize", "buffer", "usize", "buffer"],
  CreateSessionOptions: ["buffer"],
  SetOptimizedModelFilePath: ["pointer", "buffer"],
  DisableMemPattern: ["pointer"],
  SetSessionLogSeverityLevel: ["pointer", "i32"],
  SetIntraOpNumThreads: ["pointer", "i32"],
  SessionGetInputCount: ["pointer", "buffer"],
  SessionGetOutputCount: ["pointer", "buffer"],
  SessionGetInputTypeInfo: ["pointer", "usize", "buffer"],
  SessionGetOutputTypeInfo: ["pointer", "usize", "buffer"],
  SessionGetInputName: ["pointer", "usize", "pointer", "buffer"],
  SessionGetOutputName: ["pointer", "usize", "pointer", "buffer"],
  CreateTensorAsOrtValue: ["pointer", "buffer", "usize", "i32", "buffer"],
  CreateTensorWithDataAsOrtValue: ["pointer", "pointer", "usize", "buffer", "usize", "i32", "buffer"],
  GetTensorMutableData: ["pointer", "buffer"],
  CastTypeInfoToTensorInfo: ["pointer", "buffer"],
  GetTensorElementType: ["pointer", "buffer"],
  GetDimensionsCount: ["pointer", "buffer"],
  GetDimensions: ["pointer", "buffer", "usize"],
  CreateMemoryInfo: ["buffer", "i32", "i32", "i32", "buffer"],
  CreateCpuMemoryInfo: ["i32", "i32", "buffer"],
  AllocatorAlloc: ["pointer", "usize", "buffer"],
  AllocatorFree: ["pointer", "pointer"],
  GetAllocatorWithDefaultOptions: ["buffer"],
  AddSessionConfigEntry: ["pointer", "buffer", "buffer"],
  CreateAllocator: ["pointer", "pointer", "buffer"],
  SessionOptionsAppendExecutionProvider_CUDA_V2: ["pointer", "pointer"],
  CreateCUDAProviderOptions: ["buffer"],
  UpdateCUDAProviderOptions: ["pointer", "buffer", "buffer", "usize"],
  SessionOptionsAppendExecutionProvider: ["pointer", "buffer", "buffer", "buffer", "usize"],
  SessionOptionsSetLoadCancellationFlag: ["pointer", "u8"],
} as const satisfies Partial<Record<Name, readonly Deno.NativeType[]>>;
type Status = keyof typeof STATUS;

type Release = Extract<Name, `Release${string}`>;

type Native = Deno.PointerValue;
type Argument = Native | BufferSource | number | bigint;

/** The version of the table that is asked for: every place above was there by then. */
const API_VERSION = 22;

/** The release that the places were checked with; another one is not called. */
const RELEASE = "1.30.";

export class OrtLibrary {
  readonly #table: Deno.UnsafePointerView;
  readonly #calls = new Map<Name, (...values: Argument[]) => Native>();
  readonly #out = new BigUint64Array(1);
  readonly env: Native;
  readonly memory: Native;
  readonly allocator: Native;

  private constructor(table: Native, readonly version: string) {
    if (table === null) {
      throw new TypeError(`Cannot use ONNX Runtime ${version}: it has no API of version ${API_VERSION}`);
    }
    this.#table = new Deno.UnsafePointerView(table);
    const WARNING = 2, ARENA = 1, DEFAULT = 0;
    this.env = this.make("CreateEnv", WARNING, text("visuallm"));
    this.memory = this.make("CreateCpuMemoryInfo", ARENA, DEFAULT);
    this.allocator = this.make("GetAllocatorWithDefaultOptions");
  }

  /** @throws {Error} when the file is no such library, or one of another release */
  static open(path: string): OrtLibrary {
    const library = Deno.dlopen(path, { OrtGetApiBase: { parameters: [], result: "pointer" } });
    const base = library.symbols.OrtGetApiBase();
    if (base === null) throw new TypeError(`Cannot use ${path}: it has no API`);
    const view = new Deno.UnsafePointerView(base);
    const getApi = functionAt(view, 0, { parameters: ["u32"], result: "pointer" });
    const getVersion = functionAt(view, POINTER_BYTES, { parameters: [], result: "pointer" });
    const version = readText(getVersion.call());
    checkRelease(version);
    return new OrtLibrary(getApi.call(API_VERSION), version);
  }

  /** @throws {Error} with the library's message */
  call(name: Status, ...values: Argument[]): void {
    this.#check(this.#pointerTo(name, STATUS[name], "pointer")(...values));
  }

  #check(status: Native): void {
    if (status === null) return;
    const message = readText(this.#pointerTo("GetErrorMessage", ["pointer"], "pointer")(status));
    this.release("ReleaseStatus", status);
    throw memoryErrorOf(new Error(message));
  }

  /** A call whose last argument is where it puts what it makes. */
  make(name: Status, ...values: Argument[]): Native {
    this.call(name, ...values, this.#out);
    return Deno.UnsafePointer.create(this.#out[0] ?? 0n);
  }

  /**
   * The same in a thread beside this one, for what takes long.
   * Subtle: what it reads and writes is the library's memory, as JavaScript's may be gone before the call ends.
   */
  async makeBeside(name: Status, ...values: readonly (Native | Uint8Array<ArrayBuffer>)[]): Promise<Native> {
    const own: Native[] = [];
    const copied = (bytes: Uint8Array<ArrayBuffer>) => {
      const memory = this.make("AllocatorAlloc", this.allocator, BigInt(bytes.length));
      if (memory !== null) new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(memory, bytes.length)).set(bytes);
      own.push(memory);
      return memory;
    };
    const given = values.map((value) => value instanceof Uint8Array ? copied(value) : value);
    const out = copied(new Uint8Array(POINTER_BYTES));
    const parameters = STATUS[name].map(() => "pointer" as const);
    const native = functionAt(this.#table, PLACES[name] * POINTER_BYTES, {
      parameters,
      result: "pointer",
      nonblocking: true,
    });
    try {
      this.#check(await native.call(...given, out));
      return out === null ? null : new Deno.UnsafePointerView(out).getPointer();
    } finally {
      for (const memory of own) this.call("AllocatorFree", this.allocator, memory);
    }
  }

  /** The same, of a number. */
  count(name: Status, ...values: Argument[]): number {
    this.#out[0] = 0n;
    this.call(name, ...values, this.#out);
    return Number(this.#out[0]);
  }

  release(name: Release, value: Native): void {
    this.#pointerTo(name, ["pointer"], "void")(value);
  }

  #pointerTo(name: Name, parameters: readonly Deno.NativeType[], result: "pointer" | "void") {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    const native = functionAt(this.#table, PLACES[name] * POINTER_BYTES, { parameters: [...parameters], result });
    // The table above ties each name to what it takes.
    const call = native.call.bind(native) as (...values: Argument[]) => Native;
    this.#calls.set(name, call);
    return call;
  }
}

/** @throws {TypeError} for a release whose table was not checked */
export function checkRelease(version: string): void {
  if (version.startsWith(RELEASE)) return;
  throw new TypeError(`Cannot use ONNX Runtime ${version}: expected a release of ${RELEASE}x`);
}

const POINTER_BYTES = 8;

/** A text as C takes it. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${value}\0`);
}

export function readText(pointer: Native): string {
  return pointer === null ? "" : new Deno.UnsafePointerView(pointer).getCString();
}

function functionAt<Definition extends Deno.ForeignFunction>(
  table: Deno.UnsafePointerView,
  offset: number,
  definition: Definition,
): Deno.UnsafeFnPointer<Definition> {
  const pointer = table.getPointer<Omit<Definition, "nonblocking">>(offset);
  if (pointer === null) throw new TypeError("Cannot use ONNX Runtime: a function of its API is missing");
  return new Deno.UnsafeFnPointer<Definition>(pointer, definition);
}
