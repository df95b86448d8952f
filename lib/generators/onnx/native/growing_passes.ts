/** Passes of a graph that gives a whole new cache at each step, as most exports do: one slot a pass. */
import type { TokenId } from "../../../lm/token.ts";
import { CHUNK, PAST, PRESENT } from "../onnx_model.ts";
import { logitsOf, makePlanes } from "./kv_block.ts";
import type { KvPlane } from "./kv_memory.ts";
import { type KvSlot, KvSlots } from "./kv_slots.ts";
import {
  type Chunks,
  chunksOf,
  type GraphInputs,
  graphInputs,
  logitRows,
  logitsTensor,
  type Passes,
  type PassOptions,
  tokenTensors,
} from "./passes.ts";
import { NativeTensor, type NativeValue, release, type Tensors } from "./session.ts";

export class GrowingPasses implements Passes {
  readonly cache: KvSlots;
  readonly chunks: Chunks;
  count = 0;
  readonly #options: PassOptions;
  readonly #inputs: GraphInputs;
  readonly #shape;
  readonly #logits: Float32Array<ArrayBuffer>;
  readonly #ones: BigInt64Array<ArrayBuffer>;
  /** Where the graph writes the new cache; the slot takes it, and the slot's old memory is the next room. */
  #spare: { capacity: number; planes: readonly KvPlane[] } = { capacity: 0, planes: [] };

  constructor(options: PassOptions) {
    const { session, kvHeads: heads, headWidth: width, window, vocabularySize: vocabulary, memory } = options;
    this.#options = options;
    this.#inputs = graphInputs(session);
    this.chunks = chunksOf(this.#inputs, options.readsLong);
    this.#shape = { tensors: this.#inputs.cached.length, heads, width, window, vocabulary, isInPlace: false, memory };
    this.#logits = new Float32Array(CHUNK * vocabulary);
    this.#ones = new BigInt64Array(window).fill(1n);
    this.cache = new KvSlots(this.#shape, options.kvBytes);
  }

  mostRows(): number {
    return 1;
  }

  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    return slots.flatMap((slot, index) => this.extend(slot, ids.slice(index, index + 1), "last"));
  }

  extend(slot: KvSlot, ids: readonly TokenId[], wanted: "last" | "all"): readonly Float32Array[] {
    const { library, session, vocabularySize } = this.#options;
    const past = slot.ids.length, total = past + ids.length;
    const rows = this.#inputs.canKeep && wanted === "last" ? 1 : ids.length;
    const inputs = tokenTensors(library, this.#inputs, past, ids, wanted);
    if (this.#inputs.hasMask) inputs.attention_mask = new NativeTensor(library, this.#ones, [1, total]);
    const logits = logitsTensor(this.#options, this.#logits, [1, rows, vocabularySize]);
    const outputs = { logits: logits.value };
    const cache = this.#cacheTensors(slot, total);
    try {
      this.count++;
      session.run({ ...inputs, ...cache.past }, { ...outputs, ...cache.present });
    } finally {
      for (const tensors of [inputs, outputs, cache.past, cache.present]) release(Object.values(tensors));
    }
    logits.widen();
    slot.ids.push(...ids);
    this.#swap(slot);
    const all = logitRows(this.#logits, rows, vocabularySize);
    if (wanted === "all") return all;
    // Subtle: the slot keeps its logits beyond the next pass.
    const own = logitsOf(this.#shape, slot), last = all.at(-1);
    if (last !== undefined) own.set(last);
    slot.hasLogits = true;
    return [own];
  }

  #cacheTensors(slot: KvSlot, total: number): { readonly past: Tensors; readonly present: Tensors } {
    const { library, kvHeads, headWidth } = this.#options;
    const { capacity, planes } = slot.block;
    if (this.#spare.capacity !== capacity) this.#spare = { capacity, planes: makePlanes(this.#shape, 1, capacity) };
    const past: Record<string, NativeValue> = {}, present: Record<string, NativeValue> = {};
    for (const [index, name] of this.#inputs.cached.entries()) {
      const from = planes[index], to = this.#spare.planes[index];
      if (from === undefined || to === undefined) continue;
      past[PAST + name] = from.tensor(library, 0, [1, kvHeads, slot.ids.length, headWidth]);
      present[PRESENT + name] = to.tensor(library, 0, [1, kvHeads, total, headWidth]);
    }
    return { past, present };
  }

  #swap({ block }: KvSlot): void {
    const { planes } = this.#spare;
    this.#spare = { capacity: block.capacity, planes: block.planes };
    block.planes = planes;
  }
}
