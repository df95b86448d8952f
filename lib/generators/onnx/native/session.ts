/** A session of ONNX Runtime over buffers of ours. Every run blocks, so it is used in a model's own thread. */
import { basename } from "node:path";
import { type OrtLibrary, readText, text } from "./library.ts";

/** Element types by ONNX's numbers. */
export const FLOAT = 1, FLOAT16 = 10, INT64 = 7;

/** The library's number for what is logged: errors, and no warnings. */
const ERRORS = 3;

export interface NativeTensorInfo {
  readonly name: string;
  /** −1 where a dimension is open. */
  readonly dims: readonly number[];
  readonly elementType: number;
}

/** A tensor as the library knows it. */
export interface NativeValue {
  readonly pointer: Deno.PointerValue;
  release(): void;
}

/** A tensor over memory of ours, which it keeps referenced for as long as it lives. */
export class NativeTensor implements NativeValue {
  readonly pointer: Deno.PointerValue;
  readonly #library: OrtLibrary;

  /** @param data numbers of half precision as the bits that they are */
  constructor(
    library: OrtLibrary,
    readonly data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
    readonly dims: readonly number[],
  ) {
    this.#library = library;
    const shape = BigInt64Array.from(dims, BigInt);
    const elements = dims.reduce((product, size) => product * size, 1);
    if (elements > data.length) {
      throw new RangeError(`Cannot make a tensor of ${elements} elements over ${data.length}`);
    }
    const type = data instanceof Float32Array ? FLOAT : data instanceof Uint16Array ? FLOAT16 : INT64;
    const bytes = elements * data.BYTES_PER_ELEMENT;
    this.pointer = library.make(
      "CreateTensorWithDataAsOrtValue",
      library.memory,
      Deno.UnsafePointer.of(data),
      BigInt(bytes),
      shape,
      BigInt(dims.length),
      type,
    );
  }

  release(): void {
    this.#library.release("ReleaseValue", this.pointer);
  }
}

/** Input or output name → tensor. */
export type Tensors = Readonly<Record<string, NativeValue>>;

export function release(tensors: Iterable<NativeValue>): void {
  for (const tensor of tensors) tensor.release();
}

/** What runs a graph. */
export type NativeDevice = "cpu" | "cuda" | "webgpu";

export interface SessionOptions {
  /** 0 for as many as there are cores. */
  readonly threads: number;
  readonly device?: NativeDevice;
  /** Whether weights are laid out for this machine's kernels, which takes a while and makes passes quicker; default true. */
  readonly isPacked?: boolean;
  /** Where to leave a copy of the graph as the runtime simplified it, with its weights in a file beside it. */
  readonly copyPath?: string;
}

export class NativeSession {
  readonly inputs: readonly NativeTensorInfo[];
  readonly outputs: readonly NativeTensorInfo[];
  readonly #library: OrtLibrary;
  #pointer: Deno.PointerValue;
  readonly #names = new Map<string, Uint8Array<ArrayBuffer>>();

  private constructor(library: OrtLibrary, pointer: Deno.PointerValue) {
    this.#library = library;
    this.#pointer = pointer;
    this.inputs = this.#describe("SessionGetInputCount", "SessionGetInputName", "SessionGetInputTypeInfo");
    this.outputs = this.#describe("SessionGetOutputCount", "SessionGetOutputName", "SessionGetOutputTypeInfo");
  }

  /**
   * Opens a model's file in a thread beside this one.
   * @throws {Error} with the runtime's message, or the signal's reason, by which the runtime gives up soon
   */
  static async open(
    library: OrtLibrary,
    path: string,
    given: SessionOptions,
    signal?: AbortSignal,
  ): Promise<NativeSession> {
    signal?.throwIfAborted();
    const options = makeOptions(library, given);
    const giveUp = () => library.call("SessionOptionsSetLoadCancellationFlag", options, 1);
    signal?.addEventListener("abort", giveUp);
    try {
      return new NativeSession(library, await library.makeBeside("CreateSession", library.env, text(path), options));
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      library.release("ReleaseSessionOptions", options);
    }
  }

  /** Opens a small graph at once. @throws {Error} with the runtime's message */
  static ofBytes(library: OrtLibrary, model: Uint8Array<ArrayBuffer>, given: SessionOptions): NativeSession {
    const options = makeOptions(library, given);
    try {
      const size = BigInt(model.length);
      return new NativeSession(library, library.make("CreateSessionFromArray", library.env, model, size, options));
    } finally {
      library.release("ReleaseSessionOptions", options);
    }
  }

  /** Runs the graph once; every output is written where its tensor lies. @throws {Error} with the runtime's message */
  run(inputs: Tensors, outputs: Tensors): void {
    this.prepare(inputs, outputs)();
  }

  /**
   * A call that can be made again and again over the same tensors, whose contents may change in between.
   * Subtle: it keeps what it is given referenced, as the library holds no memory of JavaScript's.
   */
  prepare(inputs: Tensors, outputs: Tensors): () => void {
    const given = this.#bound(inputs), wanted = this.#bound(outputs);
    const inputCount = BigInt(given.values.length), outputCount = BigInt(wanted.values.length);
    return () =>
      this.#library.call(
        "Run",
        this.#pointer,
        null,
        given.names,
        given.values,
        inputCount,
        wanted.names,
        outputCount,
        wanted.values,
      );
  }

  /** As the library knows it at present. */
  get pointer(): Deno.PointerValue {
    return this.#pointer;
  }

  /** Goes on as another session of the same graph, prepared calls too; the other one is not to be used any more. */
  become(other: NativeSession): void {
    this.close();
    this.#pointer = other.#pointer;
  }

  close(): void {
    this.#library.release("ReleaseSession", this.#pointer);
  }

  #bound(tensors: Tensors) {
    const entries = Object.entries(tensors);
    return {
      tensors,
      names: BigUint64Array.from(entries, ([name]) => address(Deno.UnsafePointer.of(this.#name(name)))),
      values: BigUint64Array.from(entries, ([, { pointer }]) => address(pointer)),
    };
  }

  /** Subtle: kept for as long as the session lives, since the library is given where they lie. */
  #name(name: string): Uint8Array<ArrayBuffer> {
    const known = this.#names.get(name) ?? text(name);
    this.#names.set(name, known);
    return known;
  }

  #describe(
    count: "SessionGetInputCount" | "SessionGetOutputCount",
    nameOf: "SessionGetInputName" | "SessionGetOutputName",
    infoOf: "SessionGetInputTypeInfo" | "SessionGetOutputTypeInfo",
  ): readonly NativeTensorInfo[] {
    const library = this.#library;
    return Array.from({ length: library.count(count, this.pointer) }, (_, index) => {
      const place = BigInt(index);
      const name = library.make(nameOf, this.#pointer, place, library.allocator);
      const info = library.make(infoOf, this.#pointer, place);
      const tensor = library.make("CastTypeInfoToTensorInfo", info);
      try {
        // Subtle: the library answers null, and ends the process where it is asked about it.
        if (tensor === null) throw new TypeError(`its graph has "${readText(name)}", which is no tensor`);
        const dims = new BigInt64Array(library.count("GetDimensionsCount", tensor));
        library.call("GetDimensions", tensor, dims, BigInt(dims.length));
        const elementType = library.count("GetTensorElementType", tensor);
        return { name: readText(name), dims: Array.from(dims, Number), elementType };
      } finally {
        library.release("ReleaseTypeInfo", info);
        library.call("AllocatorFree", library.allocator, name);
      }
    });
  }
}

/** @throws {Error} when the device cannot be used */
function makeOptions(library: OrtLibrary, given: SessionOptions): Deno.PointerValue {
  const options = library.make("CreateSessionOptions");
  try {
    configure(library, options, given);
    return options;
  } catch (error) {
    library.release("ReleaseSessionOptions", options);
    throw error;
  }
}

function configure(
  library: OrtLibrary,
  options: Deno.PointerValue,
  { threads, device = "cpu", isPacked = true, copyPath }: SessionOptions,
): void {
  const set = (key: string, value: string) => library.call("AddSessionConfigEntry", options, text(key), text(value));
  library.call("DisableMemPattern", options);
  library.call("SetIntraOpNumThreads", options, threads);
  // Spinning threads starve the page server on a shared machine.
  set("session.intra_op.allow_spinning", "0");
  if (!isPacked) set("session.disable_prepacking", "1");
  if (device === "cuda") addCuda(library, options);
  if (device === "webgpu") {
    library.call("SessionOptionsAppendExecutionProvider", options, text("WebGPU"), null, null, 0n);
  }
  // It warns of what is as it should be: nodes that stay on the processor, a copy that is of use on this machine only.
  library.call("SetSessionLogSeverityLevel", options, ERRORS);
  if (copyPath === undefined) return;
  library.call("SetOptimizedModelFilePath", options, text(copyPath));
  set("session.optimized_model_external_initializers_file_name", `${basename(copyPath)}.data`);
  set("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
}

/** Off: products in a shortened format (TF32) would move logits by more than our tolerance. */
const CUDA_OPTIONS = { use_tf32: "0" };

function addCuda(library: OrtLibrary, options: Deno.PointerValue): void {
  const cuda = library.make("CreateCUDAProviderOptions");
  const keys = Object.keys(CUDA_OPTIONS).map(text), values = Object.values(CUDA_OPTIONS).map(text);
  const addresses = (texts: readonly Uint8Array<ArrayBuffer>[]) =>
    BigUint64Array.from(texts, (bytes) => address(Deno.UnsafePointer.of(bytes)));
  try {
    library.call("UpdateCUDAProviderOptions", cuda, addresses(keys), addresses(values), BigInt(keys.length));
    library.call("SessionOptionsAppendExecutionProvider_CUDA_V2", options, cuda);
  } finally {
    library.release("ReleaseCUDAProviderOptions", cuda);
  }
}

function address(pointer: Deno.PointerValue): bigint {
  return Deno.UnsafePointer.value(pointer);
}
