/** From a file of weights to a model that the native driver runs, where this machine and that graph allow it. */
import { checkFixedDevice, IN_PLACE_OPERATOR } from "../fixed_cache.ts";
import { type GraphFile, readGraphFile } from "../graph_file.ts";
import { fixedSize, type ModelOptions, PAST } from "../onnx_model.ts";
import { libraryPath } from "../runtime_files.ts";
import type { Tokenizer } from "../tokenizer.ts";
import { DeviceMemory } from "./device_memory.ts";
import { HostMemory, type KvMemory } from "./kv_memory.ts";
import { OrtLibrary } from "./library.ts";
import { NativeModel } from "./native_model.ts";
import { dropCopy, findCopy, writeCopy } from "./optimized_copy.ts";
import { openQuickly, type QuickSession } from "./quick_session.ts";
import { FLOAT, FLOAT16, type NativeDevice, NativeSession } from "./session.ts";
import { type WeightFiles, weightFiles } from "./weight_files.ts";

const CUDA_NOTE =
  `CUDA has no ${IN_PLACE_OPERATOR} in single precision: attention runs on the processor; a graph in fp16 is faster`;

/** Weights up to here are so few that more threads cost more than they save. */
const ONE_THREAD_BYTES = 64 * 2 ** 20;

/** Operator that rounds what a pass computes by the largest of it: the more tokens a pass has, the more coarsely. */
const ROUNDING_OPERATOR = "DynamicQuantizeLinear";

/** With weights up to here a long chunk of a prompt holds nobody up for long. */
const LONG_CHUNK_BYTES = 2 ** 30;

let opened: OrtLibrary | undefined;

export interface NativeSource extends Omit<ModelOptions, "kvHeads" | "headWidth" | "tokenizer"> {
  /** Called when the graph is being opened in a thread beside this one, which it keeps busy meanwhile. */
  readonly loadTokenizer: () => Promise<Tokenizer>;
  /** The graph, with its weights in it or beside it. */
  readonly path: string;
  readonly device: NativeDevice;
  /** As the config says; graphs often leave it open. */
  readonly vocabularySize: number;
  /** 0 for as many as there are cores, or one for a small model. */
  readonly threads: number;
  readonly cacheDir: string;
  /** Whether an optimized copy of a large model is kept in `cacheDir`. */
  readonly keepsOptimized: boolean;
  /** Gives up the opening. */
  readonly signal: AbortSignal;
}

interface OpenedNative {
  readonly model: NativeModel;
  /** What a person should know of how it runs. */
  readonly notes: readonly string[];
}

/** @throws {Error} saying why the native driver cannot run it, or the signal's reason */
export async function openNative(source: NativeSource): Promise<OpenedNative> {
  const path = libraryPath();
  const library = opened ??= OrtLibrary.open(path);
  const { device } = source;
  const graph = readGraphFile(source.path), weights = await weightFiles(source.path, graph);
  const { session, follow, letGo } = await openSession(library, path, source, weights);
  let memory: KvMemory | undefined;
  try {
    source.signal.throwIfAborted();
    const isGrouped = graph.operators.has(IN_PLACE_OPERATOR), readsLong = canReadLong(graph, weights);
    const { fixedLength, ...described } = describe(session, source), { elementType } = described;
    const isInPlace = isGrouped || fixedLength !== undefined;
    if (fixedLength !== undefined) checkFixedDevice(device, graph.operators);
    const contextWindow = Math.min(source.contextWindow, fixedLength ?? Infinity);
    memory = device === "cpu"
      ? new HostMemory(elementType)
      : new DeviceMemory(library, session, { device, elementType });
    const tokenizer = await source.loadTokenizer();
    const model = NativeModel.open({
      ...source,
      ...described,
      contextWindow,
      tokenizer,
      library,
      session,
      memory,
      isInPlace,
      isGrouped,
      readsLong,
      letGo,
    });
    follow();
    return { model, notes: device === "cuda" && isGrouped && elementType === FLOAT ? [CUDA_NOTE] : [] };
  } catch (error) {
    await letGo();
    memory?.close();
    session.close();
    throw error;
  }
}

function canReadLong({ operators }: GraphFile, { sizeBytes }: WeightFiles): boolean {
  return sizeBytes <= LONG_CHUNK_BYTES && !operators.has(ROUNDING_OPERATOR);
}

/** @param threads as they are wanted, 0 for what suits the model @returns 0 for as many as there are cores */
export function threadsFor(threads: number, { sizeBytes }: WeightFiles): number {
  return threads === 0 && sizeBytes <= ONE_THREAD_BYTES ? 1 : threads;
}

/** Opens the model's optimized copy, or the model itself; then a copy is made for the next time. */
async function openSession(
  library: OrtLibrary,
  libraryPath: string,
  { path, threads, cacheDir, keepsOptimized, device, loadTokenizer, signal }: NativeSource,
  weights: WeightFiles,
): Promise<QuickSession> {
  const count = threadsFor(threads, weights);
  const { version } = library;
  const copy = keepsOptimized && device === "cpu" ? await findCopy(path, weights, { cacheDir, version }) : undefined;
  if (copy?.exists === true) {
    try {
      const opening = openQuickly(library, copy.path, { threads: count }, signal);
      void loadTokenizer();
      return await opening;
    } catch {
      signal.throwIfAborted();
      // Whatever is wrong with the copy, the model itself is still there.
      await dropCopy(copy.path);
    }
  }
  const opening = NativeSession.open(library, path, { threads: count, device }, signal);
  void loadTokenizer();
  const session = await opening;
  if (copy === undefined || signal.aborted) return { session, follow() {}, letGo: () => Promise.resolve() };
  const letGo = writeCopy({ libraryPath, modelPath: path, copyPath: copy.path });
  return { session, follow() {}, letGo };
}

/** @throws {TypeError} when the graph is none of a decoder with a cache, in single or half precision */
function describe(session: NativeSession, source: NativeSource) {
  const past = session.inputs.find(({ name }) => name.startsWith(PAST));
  const logits = session.outputs.find(({ name }) => name === "logits");
  const [, kvHeads = 0, length = 0, headWidth = 0] = past?.dims ?? [];
  if (past === undefined || logits === undefined || kvHeads < 1 || headWidth < 1) {
    throw new TypeError("its graph does not tell logits, and past_key_values with heads and width");
  }
  const elementType = floatType(past.elementType), logitsType = floatType(logits.elementType);
  if (elementType === undefined || logitsType === undefined) {
    throw new TypeError("its graph takes or gives numbers that are neither float32 nor float16");
  }
  const width = logits.dims[2] ?? -1;
  const vocabularySize = width > 0 ? width : source.vocabularySize;
  return { kvHeads, headWidth, fixedLength: fixedSize(length), vocabularySize, elementType, logitsType };
}

function floatType(type: number): typeof FLOAT | typeof FLOAT16 | undefined {
  return type === FLOAT || type === FLOAT16 ? type : undefined;
}
