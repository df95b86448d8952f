/** The fast driver: the library called directly, with keys and values in buffers of ours that no step copies. */
import { setImmediate } from "node:timers/promises";
import type { TokenId } from "../../../lm/token.ts";
import { checkVocabulary, CHUNK, type ModelOptions, OnnxModel, PAST, PRESENT } from "../onnx_model.ts";
import { type KvSlot, KvSlots } from "./kv_slots.ts";
import type { OrtLibrary } from "./library.ts";
import { type NativeSession, NativeTensor } from "./session.ts";

export interface NativeOptions extends ModelOptions {
  readonly library: OrtLibrary;
  readonly session: NativeSession;
  /** Whether attention writes into its past (GroupQueryAttention), or gives a whole new one. */
  readonly isInPlace: boolean;
  readonly vocabularySize: number;
}

/** Positions that a tried prefix may take from the one that was tried before: to run them again costs about one pass. */
const SPARED = 16;

type Tensors = Record<string, NativeTensor>;

export class NativeModel extends OnnxModel {
  readonly cache: KvSlots;
  readonly #options: NativeOptions;
  /** Names of the cache's tensors without their beginnings, in the order of a slot's data. */
  readonly #cached: readonly string[];
  readonly #hasPositions: boolean;
  readonly #hasMask: boolean;
  readonly #canKeep: boolean;
  readonly #logits: Float32Array<ArrayBuffer>;
  readonly #ones: BigInt64Array<ArrayBuffer>;
  /** Where a graph that gives a whole new cache writes it; the slot takes it, and its old memory is the next room. */
  #spare: { capacity: number; data: Float32Array<ArrayBuffer>[] } = { capacity: 0, data: [] };

  private constructor(options: NativeOptions) {
    super(options, options.vocabularySize);
    this.#options = options;
    const { session, kvHeads: heads, headWidth: width, contextWindow: window, isInPlace, vocabularySize } = options;
    const names = session.inputs.map(({ name }) => name);
    this.#cached = names.filter((name) => name.startsWith(PAST)).map((name) => name.slice(PAST.length));
    this.#hasPositions = names.includes("position_ids");
    this.#hasMask = names.includes("attention_mask");
    this.#canKeep = names.includes("num_logits_to_keep");
    this.#logits = new Float32Array(CHUNK * vocabularySize);
    this.#ones = new BigInt64Array(window).fill(1n);
    this.cache = new KvSlots({ tensors: this.#cached.length, heads, width, window, isInPlace }, options.kvBytes);
  }

  /** Runs one token through the model, which shows that the graph is what it was taken for. @throws {Error} when not */
  static open(options: NativeOptions): NativeModel {
    checkVocabulary(options.vocabularySize, options.tokenizer);
    const model = new NativeModel(options);
    model.#forward(model.cache.holding(undefined, 0, 1), [0], "last");
    return model;
  }

  async logits(prefix: readonly TokenId[], signal?: AbortSignal, isTried = false): Promise<Float32Array> {
    const known = this.cache.find(prefix);
    const isWhole = known?.length === prefix.length && known.slot.ids.length === prefix.length;
    if (isWhole && known.slot.logits !== undefined) return known.slot.logits;
    // Subtle: the last token always runs, since its logits are what is asked for.
    let done = Math.min(known?.length ?? 0, prefix.length - 1);
    if (done < 0) throw new RangeError("Cannot compute logits after an empty prefix");
    const slot = this.cache.holding(known?.slot, done, prefix.length, isTried ? SPARED : 0);
    return await held(slot, async () => {
      for (;;) {
        signal?.throwIfAborted();
        const chunk = prefix.slice(done, done + CHUNK);
        const last = this.#forward(slot, chunk, "last").at(-1);
        done += chunk.length;
        if (done === prefix.length) return slot.logits = last?.slice() ?? new Float32Array();
        await setImmediate();
      }
    });
  }

  async allLogits(sequence: readonly TokenId[], from: number, signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const known = this.cache.find(sequence.slice(0, from + 1));
    let done = Math.min(known?.length ?? 0, from);
    const slot = this.cache.holding(known?.slot, done, sequence.length);
    const all: Float32Array[] = [];
    return await held(slot, async () => {
      while (done < sequence.length) {
        signal?.throwIfAborted();
        const rows = this.#forward(slot, sequence.slice(done, done + CHUNK), "all");
        for (const [index, row] of rows.entries()) if (done + index >= from) all.push(row.slice());
        done += rows.length;
        if (done < sequence.length) await setImmediate();
      }
      return all;
    });
  }

  /** One pass over `ids`, which stand after what the slot holds and are its own from then on. @returns views */
  #forward(slot: KvSlot, ids: readonly TokenId[], wanted: "last" | "all"): readonly Float32Array[] {
    const { library, session, vocabularySize } = this.#options;
    const past = slot.ids.length, total = past + ids.length;
    const rows = this.#canKeep && wanted === "last" ? 1 : ids.length;
    const tensor = (data: NativeTensor["data"], dims: readonly number[]) => new NativeTensor(library, data, dims);
    const inputs: Tensors = { input_ids: tensor(BigInt64Array.from(ids, BigInt), [1, ids.length]) };
    if (this.#hasMask) inputs.attention_mask = tensor(this.#ones, [1, total]);
    if (this.#hasPositions) {
      inputs.position_ids = tensor(BigInt64Array.from(ids, (_, index) => BigInt(past + index)), [1, ids.length]);
    }
    if (this.#canKeep) inputs.num_logits_to_keep = tensor(BigInt64Array.of(wanted === "last" ? 1n : 0n), []);
    const outputs: Tensors = { logits: tensor(this.#logits, [1, rows, vocabularySize]) };
    this.#bindCache(slot, total, inputs, outputs);
    try {
      this.passes++;
      session.run(inputs, outputs);
    } finally {
      for (const value of [...Object.values(inputs), ...Object.values(outputs)]) value.release();
    }
    slot.ids.push(...ids);
    if (!this.#options.isInPlace) this.#swap(slot);
    return Array.from(
      { length: rows },
      (_, row) => this.#logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
    );
  }

  #bindCache(slot: KvSlot, total: number, inputs: Tensors, outputs: Tensors): void {
    const { library, kvHeads, headWidth, isInPlace } = this.#options;
    if (!isInPlace && this.#spare.capacity !== slot.capacity) {
      this.#spare = { capacity: slot.capacity, data: this.cache.room(slot.capacity) };
    }
    const past = this.cache.strideOf(slot), present = isInPlace ? slot.capacity : total;
    for (const [index, name] of this.#cached.entries()) {
      const from = slot.data[index], to = isInPlace ? from : this.#spare.data[index];
      if (from === undefined || to === undefined) continue;
      inputs[PAST + name] = new NativeTensor(library, from, [1, kvHeads, past, headWidth]);
      outputs[PRESENT + name] = new NativeTensor(library, to, [1, kvHeads, present, headWidth]);
    }
  }

  #swap(slot: KvSlot): void {
    const { data } = this.#spare;
    this.#spare = { capacity: slot.capacity, data: slot.data };
    slot.data = data;
  }
}

/** Subtle: between two passes messages come in, a cancel among them; meanwhile nobody else may write into the slot. */
async function held<Value>(slot: KvSlot, work: () => Promise<Value>): Promise<Value> {
  slot.isHeld = true;
  try {
    return await work();
  } finally {
    slot.isHeld = false;
  }
}
