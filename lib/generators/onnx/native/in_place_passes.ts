/**
 * Passes of a graph that writes new keys and values where the past ones lie, be it by GroupQueryAttention or since its
 * caches have a fixed size: nothing is copied by us, and lanes that lie side by side take a step together, whatever their
 * lengths.
 *
 * Everything but the contents of a step stays as it is from one to the next, so its tensors are made once for each range
 * of lanes, and a step is a single call of the library.
 */
import type { TokenId } from "../../../lm/token.ts";
import { CHUNK, PAST, PRESENT } from "../onnx_model.ts";
import { type KvBlock, type KvShape, type KvSlot, logitsOf } from "./kv_block.ts";
import { KvSlots, type Lanes } from "./kv_slots.ts";
import type { OrtLibrary } from "./library.ts";
import {
  type Chunks,
  chunksOf,
  type GraphInputs,
  graphInputs,
  logitsTensor,
  type Passes,
  type PassOptions,
  passOver,
  shapeOf,
} from "./passes.ts";
import { NativeTensor, type NativeValue, release, type Tensors } from "./session.ts";
import { whyAlone } from "./side_by_side.ts";

export class InPlacePasses implements Passes {
  readonly cache: KvSlots;
  readonly chunks: Chunks;
  /** Why it takes one slot a pass; absent where it takes several. */
  alone: string | undefined;
  count = 0;
  readonly #options: PassOptions;
  readonly #inputs: GraphInputs;
  readonly #shape: KvShape;
  /** Block → what was made for its ranges of lanes. */
  readonly #made = new Map<KvBlock, Map<string, LaneCall>>();
  /** Logits of all lanes in half precision, where the graph has them so: passes come one after the other and share it. */
  #halves: Float16Array<ArrayBuffer> | undefined;
  /** Logits of several positions of one slot; made when they are first asked for. */
  #logits: Float32Array<ArrayBuffer> | undefined;

  constructor(options: PassOptions) {
    this.#options = options;
    this.#inputs = graphInputs(options.session);
    this.chunks = chunksOf(this.#inputs, options.readsLong);
    this.#shape = shapeOf(options, this.#inputs, true);
    this.cache = new KvSlots(this.#shape, options.kvBytes, (block) => this.#forget(block));
    if (this.#inputs.rows === 1) this.alone = "its graph takes one row a pass";
    else if (!options.isGrouped) this.alone = whyAlone(this);
  }

  mostRows(total: number): number {
    return this.alone === undefined ? this.cache.mostLanes(total) : 1;
  }

  extend(slot: KvSlot, ids: readonly TokenId[], wanted: "last" | "all"): readonly Float32Array[] {
    const call = this.#callOf({ block: slot.block, first: slot.lane, count: 1 });
    call.show(0, slot.ids.length + ids.length);
    const { inputs, outputs } = call;
    const room = () => this.#logits ??= new Float32Array(CHUNK * this.#options.vocabularySize);
    this.count++;
    return passOver(this.#options, this.#inputs, { slot, ids, wanted, inputs, outputs, room });
  }

  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    const lanes = this.cache.gather(slots);
    if (lanes === undefined) {
      return slots.flatMap((slot, index) => this.extend(slot, ids.slice(index, index + 1), "last"));
    }
    const call = this.#callOf(lanes);
    for (let row = 0; row < lanes.count; row++) {
      const slot = lanes.block.slots[lanes.first + row];
      const place = slot === undefined ? -1 : slots.indexOf(slot);
      const id = ids[place];
      if (slot === undefined || id === undefined) call.idle(row, slot);
      else call.step(row, id, slot.ids.length);
    }
    this.count++;
    call.run();
    for (const [place, slot] of slots.entries()) {
      slot.ids.push(...ids.slice(place, place + 1));
      slot.hasLogits = true;
    }
    return slots.map((slot) => logitsOf(this.#shape, slot));
  }

  #callOf(lanes: Lanes): LaneCall {
    const ofBlock = this.#made.get(lanes.block) ?? new Map<string, LaneCall>();
    this.#made.set(lanes.block, ofBlock);
    const key = `${lanes.first}+${lanes.count}`;
    const known = ofBlock.get(key) ?? this.#newCall(lanes);
    ofBlock.set(key, known);
    return known;
  }

  #newCall(lanes: Lanes): LaneCall {
    const most = this.cache.mostLanes(1) * this.#options.vocabularySize;
    const halves = (elements: number) => (this.#halves ??= new Float16Array(most)).subarray(0, elements);
    return new LaneCall(lanes, this.#shape, this.#inputs, { ...this.#options, halves });
  }

  #forget(block: KvBlock): void {
    for (const call of this.#made.get(block)?.values() ?? []) call.release();
    this.#made.delete(block);
  }
}

/** One step of lanes that lie side by side: its tensors, and the call that takes it. */
class LaneCall {
  /** Mask and cache, which passes over more positions need too. */
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly run: () => void;
  readonly #library: OrtLibrary;
  readonly #tensors: NativeValue[] = [];
  readonly #ids: BigInt64Array<ArrayBuffer>;
  readonly #positions: BigInt64Array<ArrayBuffer>;
  /** `[lane, capacity]`, ones up to what each lane holds after the step. */
  readonly #mask: BigInt64Array<ArrayBuffer>;
  readonly #capacity: number;
  /** Ones in each lane's mask. */
  readonly #shown: number[];

  constructor(
    lanes: Lanes,
    shape: KvShape,
    graph: GraphInputs,
    options: PassOptions & { readonly halves: (elements: number) => Float16Array<ArrayBuffer> },
  ) {
    const { library, session } = options;
    const { block, first, count } = lanes, { vocabulary } = shape;
    this.#library = library;
    this.#capacity = block.capacity;
    this.#ids = new BigInt64Array(count);
    this.#positions = new BigInt64Array(count);
    this.#mask = new BigInt64Array(count * block.capacity);
    this.#shown = Array.from({ length: count }, () => 0);
    const cache = this.#cacheTensors(lanes, shape, graph);
    this.inputs = {
      ...(graph.hasMask ? { attention_mask: this.#tensor(this.#mask, [count, block.capacity]) } : {}),
      ...Object.fromEntries(cache.map(([name, tensor]) => [PAST + name, tensor])),
    };
    this.outputs = Object.fromEntries(cache.map(([name, tensor]) => [PRESENT + name, tensor]));
    const logits = block.logits.subarray(first * vocabulary, (first + count) * vocabulary);
    const inputs = {
      ...this.inputs,
      input_ids: this.#tensor(this.#ids, [count, 1]),
      ...(graph.hasPositions ? { position_ids: this.#tensor(this.#positions, [count, 1]) } : {}),
      ...(graph.canKeep ? { num_logits_to_keep: this.#tensor(BigInt64Array.of(1n), []) } : {}),
    };
    const written = logitsTensor(options, logits, [count, 1, vocabulary], options.halves);
    this.#tensors.push(written.value);
    const run = session.prepare(inputs, { ...this.outputs, logits: written.value });
    this.run = () => {
      run();
      written.widen();
    };
  }

  /** Keys and values of the lanes, by their names without beginnings. */
  #cacheTensors({ block, first, count }: Lanes, { heads, width }: KvShape, graph: GraphInputs) {
    const lane = heads * block.capacity * width;
    return block.planes.map((plane, index) => {
      const tensor = plane.tensor(this.#library, first * lane, [count, heads, block.capacity, width]);
      this.#tensors.push(tensor);
      return [graph.cached[index] ?? "", tensor] as const;
    });
  }

  #tensor(data: NativeTensor["data"], dims: readonly number[]): NativeTensor {
    const tensor = new NativeTensor(this.#library, data, dims);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** The lane takes `id` after `length` positions. */
  step(row: number, id: TokenId, length: number): void {
    this.#ids[row] = BigInt(id);
    this.#positions[row] = BigInt(length);
    this.show(row, length + 1);
  }

  /** Subtle: a lane that is not asked for runs all the same; it takes its last token again, which changes nothing. */
  idle(row: number, slot: KvSlot | undefined): void {
    const length = Math.max(1, slot?.ids.length ?? 1);
    this.step(row, slot?.ids.at(-1) ?? 0, length - 1);
  }

  /** Sets how many positions of the lane attention may look at. */
  show(row: number, length: number): void {
    const start = row * this.#capacity, before = this.#shown[row] ?? 0;
    if (length > before) this.#mask.fill(1n, start + before, start + length);
    else this.#mask.fill(0n, start + length, start + before);
    this.#shown[row] = length;
  }

  release(): void {
    release(this.#tensors);
  }
}
