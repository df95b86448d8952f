/** The portable driver: a session of the npm package's own binding, with an attention cache of tensors that it copies. */
import type { TokenId } from "../../../lm/token.ts";
import type { VisitLogits } from "../../../lm/model.ts";
import {
  checkFirstLogits,
  checkVocabulary,
  CHUNK,
  fixedSize,
  isSpoiled,
  type ModelOptions,
  OnnxModel,
  PAST,
  PRESENT,
} from "../onnx_model.ts";
import { memoryErrorOf } from "../memory_error.ts";
import { checkFixedCache, fixedCacheTrials, type Trial } from "../fixed_cache.ts";
import { KvCache, type KvEntry, type KvTensor, truncate } from "./kv_cache.ts";

/** A tensor as the runtime gives it. */
export interface RuntimeTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

interface InputMetadata {
  readonly name: string;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** What the engine needs of an ONNX Runtime session. */
export interface RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata?: readonly InputMetadata[];
  run(feeds: Readonly<Record<string, RuntimeTensor>>): Promise<Readonly<Record<string, RuntimeTensor>>>;
  release(): Promise<void>;
}

export interface BindingOptions extends ModelOptions {
  readonly session: RuntimeSession;
  /** Positions of the cache, where the graph takes no other number of them. */
  readonly fixedLength?: number | undefined;
  readonly makeTensor: (
    type: "int64" | "float32",
    data: BigInt64Array | Float32Array,
    dims: readonly number[],
  ) => RuntimeTensor;
}

/** The first `length` positions of an entry. */
interface KnownBeginning {
  readonly entry: KvEntry | undefined;
  readonly length: number;
}

/** A language model over an ONNX export of a decoder with `past_key_values`. */
export class BindingModel extends OnnxModel {
  readonly cache: KvCache;
  readonly rows = 1;
  readonly alone = "the portable driver does not put them side by side";
  passes = 0;
  #running = 0;
  readonly #options: BindingOptions;
  readonly #pastNames: readonly string[];
  /** Tokens of a pass. */
  readonly #chunk: number;

  private constructor(options: BindingOptions, vocabularySize: number) {
    super(options, vocabularySize);
    this.#options = options;
    this.#pastNames = options.session.inputNames.filter((name) => name.startsWith(PAST));
    const ids = options.session.inputMetadata?.find(({ name }) => name === "input_ids");
    this.#chunk = fixedSize(ids?.shape?.[1]) ?? CHUNK;
    this.cache = new KvCache(options.kvBytes);
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** Runs one token through the model, which shows its vocabulary's size and that its outputs are what they should be. */
  static async open(options: BindingOptions): Promise<BindingModel> {
    if (!options.session.inputNames.some((name) => name.startsWith(PAST))) {
      throw new TypeError(
        "Cannot use the model: its graph has no past_key_values inputs; export it again with the task text-generation-with-past",
      );
    }
    // The package's binding takes an array of half-precision numbers for an empty one.
    if (options.session.inputMetadata?.some(({ name, type }) => name.startsWith(PAST) && type === "float16")) {
      throw new TypeError(
        "Cannot use the model: its keys and values are in half precision, which only the native driver can pass on",
      );
    }
    const probe = new BindingModel(options, 0), { rows } = await probe.#forward([0], undefined, 0, "last");
    const vocabularySize = rows[0]?.length ?? 0;
    checkVocabulary(vocabularySize, options.tokenizer);
    checkFirstLogits(lastOf(rows));
    if (options.fixedLength !== undefined) {
      const [steps, whole, other] = fixedCacheTrials(vocabularySize);
      const read = async ({ ids, most }: Trial) =>
        (await probe.#read(ids, Math.min(most, probe.#chunk), { entry: undefined, length: 0 })).logits;
      checkFixedCache(await read(steps), await read(whole), await read(other));
    }
    return new BindingModel(options, vocabularySize);
  }

  async logits(prefix: readonly TokenId[], signal?: AbortSignal): Promise<Float32Array> {
    const known = this.cache.find(prefix);
    if (known?.length === prefix.length && known.entry.ids.length === prefix.length) return known.entry.logits;
    // Subtle: the last token always runs, since its logits are what is asked for.
    const length = Math.max(0, Math.min(known?.length ?? 0, prefix.length - 1));
    const entry = await this.#read(prefix, this.#chunk, { entry: known?.entry, length }, signal);
    if (!isSpoiled(entry.logits)) this.cache.add(entry);
    return entry.logits;
  }

  /** Reads what follows a known beginning of the ids, `size` of them a pass. */
  async #read(
    ids: readonly TokenId[],
    size: number,
    { entry, length }: KnownBeginning,
    signal?: AbortSignal,
  ): Promise<KvEntry> {
    let read = entry, done = length;
    while (done < ids.length) {
      signal?.throwIfAborted();
      const chunk = ids.slice(done, done + size);
      const { rows, tensors } = await this.#forward(chunk, read, done, "last");
      done += chunk.length;
      read = { ids: ids.slice(0, done), tensors, logits: lastOf(rows) };
    }
    if (read === undefined) throw new RangeError("Cannot compute logits after an empty prefix");
    return read;
  }

  /** Scoring passes the whole sequence anew: the cache holds no logits of positions within a prefix. */
  async eachLogits(
    sequence: readonly TokenId[],
    from: number,
    visit: VisitLogits,
    signal?: AbortSignal,
  ): Promise<void> {
    const known = this.cache.find(sequence.slice(0, from + 1));
    let entry = known?.entry, done = Math.min(known?.length ?? 0, from);
    while (done < sequence.length) {
      signal?.throwIfAborted();
      const chunk = sequence.slice(done, done + this.#chunk);
      const { rows, tensors } = await this.#forward(chunk, entry, done, done + chunk.length > from ? "all" : "last");
      for (const [index, row] of rows.entries()) if (done + index >= from) visit(row);
      done += chunk.length;
      entry = { ids: sequence.slice(0, done), tensors, logits: lastOf(rows) };
    }
    if (entry !== undefined && !isSpoiled(entry.logits)) this.cache.add(entry);
  }

  /** Nothing: its cache is within its bound whenever a prefix is added. */
  rest(): void {}

  async close(): Promise<void> {
    await this.#options.session.release();
  }

  /** One pass over `ids` that stand after the first `length` positions of `past`. @throws {MemoryError} among others */
  async #forward(ids: readonly TokenId[], past: KvEntry | undefined, length: number, wanted: "last" | "all") {
    const { session, makeTensor, kvHeads, headWidth, fixedLength } = this.#options;
    try {
      const feeds: Record<string, RuntimeTensor> = {
        input_ids: makeTensor("int64", toInt64(ids), [1, ids.length]),
      };
      const total = length + ids.length, masked = fixedLength ?? total;
      if (session.inputNames.includes("attention_mask")) {
        feeds.attention_mask = makeTensor("int64", new BigInt64Array(masked).fill(1n, 0, total), [1, masked]);
      }
      if (session.inputNames.includes("position_ids")) {
        const positions = toInt64(ids.map((_, index) => length + index));
        feeds.position_ids = makeTensor("int64", positions, [1, ids.length]);
      }
      // Exports that offer it compute the logits of the last position alone, which is what generation needs; 0 is all.
      if (session.inputNames.includes("num_logits_to_keep")) {
        feeds.num_logits_to_keep = makeTensor("int64", new BigInt64Array([wanted === "last" ? 1n : 0n]), []);
      }
      for (const name of this.#pastNames) {
        const kept = past?.tensors[name] ?? emptyCache([1, kvHeads, fixedLength ?? 0, headWidth]);
        // Of a cache that is whole at each pass, what lies behind `length` is masked.
        const tensor = fixedLength === undefined ? truncate(kept, length) : kept;
        feeds[name] = makeTensor("float32", tensor.data, tensor.dims);
      }
      this.passes++;
      this.#running++;
      const outputs = await session.run(feeds).finally(() => this.#running--);
      return { rows: logitRows(outputs.logits), tensors: presentTensors(outputs) };
    } catch (error) {
      throw memoryErrorOf(error);
    }
  }
}

function emptyCache(dims: readonly number[]): KvTensor {
  return { data: new Float32Array(dims.reduce((product, size) => product * size, 1)), dims };
}

/** Subtle: a copy, since a row is a view that would keep the logits of its whole chunk. */
function lastOf(rows: readonly Float32Array[]): Float32Array {
  return rows[rows.length - 1]?.slice() ?? new Float32Array();
}

function logitRows(tensor: RuntimeTensor | undefined): readonly Float32Array[] {
  if (tensor === undefined) throw new TypeError(`Cannot use the model: its graph has no output "logits"`);
  const [, positions = 0, width = 0] = tensor.dims;
  const data = floats(tensor, "logits");
  return Array.from({ length: positions }, (_, row) => data.subarray(row * width, (row + 1) * width));
}

function presentTensors(outputs: Readonly<Record<string, RuntimeTensor>>): Record<string, KvTensor> {
  const tensors: Record<string, KvTensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    if (!name.startsWith(PRESENT)) continue;
    tensors[PAST + name.slice(PRESENT.length)] = { data: floats(tensor, name), dims: tensor.dims };
  }
  return tensors;
}

function floats(tensor: RuntimeTensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError(`Cannot use the model: its output "${name}" is not float32; export it with fp32 outputs`);
}

function toInt64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
