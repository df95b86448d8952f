/**
 * Passes of a graph that gives a whole new cache at each step, as most exports do: one slot a pass, or several of different
 * lengths, padded on their left, where the graph gives the same numbers for them.
 */
import type { TokenId } from "../../../lm/token.ts";
import { MemoryError } from "../memory_error.ts";
import { CHUNK, PAST, PRESENT } from "../onnx_model.ts";
import { blockBytes, type KvSlot, logitsOf, makePlanes, releasePlanes } from "./kv_block.ts";
import { HostMemory, type KvPlane } from "./kv_memory.ts";
import type { Aside } from "./kv_blocks.ts";
import { KvSlots } from "./kv_slots.ts";
import { PaddedRows } from "./padded_rows.ts";
import {
  type Chunks,
  chunksOf,
  type GraphInputs,
  graphInputs,
  logitRows,
  logitsTensor,
  type Passes,
  type PassOptions,
  passOver,
  shapeOf,
} from "./passes.ts";
import { NativeTensor, type NativeValue, release, type Tensors } from "./session.ts";
import { whyAlone } from "./side_by_side.ts";

/** Most rows of a pass, and what their copies may take of the bound on keys and values. */
const MOST_ROWS = 16, ROWS_PART = 0.5;

export class GrowingPasses implements Passes {
  /** Why it takes one slot a pass; absent where it takes several. */
  alone: string | undefined;
  readonly cache: KvSlots;
  readonly chunks: Chunks;
  count = 0;
  readonly #options: PassOptions;
  readonly #inputs: GraphInputs;
  readonly #shape;
  readonly #logits: Float32Array<ArrayBuffer>;
  readonly #ones: BigInt64Array<ArrayBuffer>;
  readonly #rows: PaddedRows;
  /** Where the graph writes the new cache; the slot takes it, and the slot's old memory is the next room. */
  #spare: { capacity: number; planes: readonly KvPlane[] } = { capacity: 0, planes: [] };

  constructor(options: PassOptions) {
    const { window, vocabularySize } = options;
    this.#options = options;
    this.#inputs = graphInputs(options.session);
    this.chunks = chunksOf(this.#inputs, options.readsLong);
    this.#shape = shapeOf(options, this.#inputs, false);
    this.#logits = new Float32Array(CHUNK * vocabularySize);
    this.#ones = new BigInt64Array(window).fill(1n);
    this.cache = new KvSlots(this.#shape, options.kvBytes);
    this.#rows = new PaddedRows(this.#shape);
    this.cache.aside = this.#aside();
    this.alone = this.#whyAlone();
  }

  mostRows(total: number): number {
    return this.alone === undefined ? this.#fittingRows(total) : 1;
  }

  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    if (slots.length > 1 && this.alone === undefined && this.#hasRoomForRows(slots)) {
      return this.#extendTogether(slots, ids);
    }
    return slots.flatMap((slot, index) => this.extend(slot, ids.slice(index, index + 1), "last"));
  }

  /** What lies beside the slots: the rows of a pass, and where the graph writes. */
  #aside(): Aside {
    const shape = { ...this.#shape, vocabulary: 0 };
    const bytes = () => this.#rows.bytes + blockBytes(shape, 1, this.#spare.capacity);
    const capacity = () => this.#spare.capacity;
    return {
      get bytes() {
        return bytes();
      },
      get capacity() {
        return capacity();
      },
      release: () => {
        this.#rows.release();
        this.#releaseSpare();
      },
    };
  }

  /** Whether there is memory for rows side by side, within the bound and beside all that is extended. */
  #hasRoomForRows(slots: readonly KvSlot[]): boolean {
    const wanted = this.#rows.bytesFor(slots);
    if (wanted <= this.#rows.bytes) return true;
    this.#rows.release();
    if (!this.cache.hasRoomAside(wanted)) return false;
    this.cache.makeRoomAside(wanted, slots);
    try {
      this.#rows.reserve(slots);
      return true;
    } catch (error) {
      // Without the memory to go side by side each goes on by itself.
      if (!(error instanceof MemoryError)) throw error;
      return false;
    }
  }

  /** Each row's copy lies twice in memory: as it goes in, and as it comes out. */
  #fittingRows(total: number): number {
    const fitting = Math.floor(this.#options.kvBytes * ROWS_PART / (2 * blockBytes(this.#shape, 1, total)));
    return Math.max(1, Math.min(MOST_ROWS, fitting));
  }

  /** Tries it: many graphs take a mask and positions, and not all of them heed both. */
  #whyAlone(): string | undefined {
    const { hasMask, hasPositions } = this.#inputs;
    if (!(this.#options.memory instanceof HostMemory)) return "its keys and values lie in a device's memory";
    if (!hasMask || !hasPositions) return "its graph does not take attention_mask and position_ids";
    return whyAlone(this);
  }

  #extendTogether(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    const { session, vocabularySize } = this.#options, rows = slots.length;
    const { past, present, positions } = this.#rows.fill(slots);
    const logits = logitsTensor(this.#options, this.#logits, [rows, 1, vocabularySize]);
    const inputs = { ...this.#rowTensors(slots, ids, positions), ...this.#planeTensors(PAST, past, rows, positions) };
    const outputs = { logits: logits.value, ...this.#planeTensors(PRESENT, present, rows, positions + 1) };
    try {
      this.count++;
      session.run(inputs, outputs);
    } finally {
      for (const tensors of [inputs, outputs]) release(Object.values(tensors));
    }
    logits.widen();
    this.#rows.give(slots);
    const found = logitRows(this.#logits, rows, vocabularySize);
    return slots.map((slot, row) => {
      slot.ids.push(...ids.slice(row, row + 1));
      slot.hasLogits = true;
      const own = logitsOf(this.#shape, slot);
      own.set(found[row] ?? []);
      return own;
    });
  }

  /** Ids, positions and mask of one token more of each slot, `positions` long before. */
  #rowTensors(slots: readonly KvSlot[], ids: readonly TokenId[], positions: number): Tensors {
    const { library } = this.#options, rows = slots.length, total = positions + 1;
    const mask = new BigInt64Array(rows * total).fill(1n);
    for (const [row, slot] of slots.entries()) mask.fill(0n, row * total, row * total + positions - slot.ids.length);
    const places = BigInt64Array.from(slots, (slot) => BigInt(slot.ids.length));
    return {
      input_ids: new NativeTensor(library, BigInt64Array.from(ids, BigInt), [rows, 1]),
      attention_mask: new NativeTensor(library, mask, [rows, total]),
      position_ids: new NativeTensor(library, places, [rows, 1]),
      ...(this.#inputs.canKeep ? { num_logits_to_keep: new NativeTensor(library, BigInt64Array.of(1n), []) } : {}),
    };
  }

  #planeTensors(start: string, planes: readonly KvPlane[], rows: number, length: number): Tensors {
    const { library, kvHeads, headWidth } = this.#options, dims = [rows, kvHeads, length, headWidth];
    return Object.fromEntries(
      planes.map((plane, index) => [start + (this.#inputs.cached[index] ?? ""), plane.tensor(library, 0, dims)]),
    );
  }

  extend(slot: KvSlot, ids: readonly TokenId[], wanted: "last" | "all"): readonly Float32Array[] {
    const { inputs, outputs } = this.#slotTensors(slot, slot.ids.length + ids.length);
    try {
      this.count++;
      const room = () => this.#logits;
      const logits = passOver(this.#options, this.#inputs, { slot, ids, wanted, inputs, outputs, room });
      this.#swap(slot);
      return logits;
    } finally {
      for (const tensors of [inputs, outputs]) release(Object.values(tensors));
    }
  }

  /** Cache and mask of a slot that holds `total` positions after the pass. */
  #slotTensors(slot: KvSlot, total: number): { readonly inputs: Tensors; readonly outputs: Tensors } {
    const { library, kvHeads, headWidth } = this.#options;
    const { capacity, planes } = slot.block;
    if (this.#spare.capacity !== capacity) {
      this.#releaseSpare();
      this.cache.makeRoomAside(blockBytes(this.#shape, 1, capacity), [slot]);
      this.#spare = { capacity, planes: makePlanes(this.#shape, 1, capacity) };
    }
    const inputs: Record<string, NativeValue> = {}, outputs: Record<string, NativeValue> = {};
    if (this.#inputs.hasMask) inputs.attention_mask = new NativeTensor(library, this.#ones, [1, total]);
    for (const [index, name] of this.#inputs.cached.entries()) {
      const from = planes[index], to = this.#spare.planes[index];
      if (from === undefined || to === undefined) continue;
      inputs[PAST + name] = from.tensor(library, 0, [1, kvHeads, slot.ids.length, headWidth]);
      outputs[PRESENT + name] = to.tensor(library, 0, [1, kvHeads, total, headWidth]);
    }
    return { inputs, outputs };
  }

  #releaseSpare(): void {
    releasePlanes(this.#spare.planes);
    this.#spare = { capacity: 0, planes: [] };
  }

  #swap({ block }: KvSlot): void {
    const { planes } = this.#spare;
    this.#spare = { capacity: block.capacity, planes: block.planes };
    block.planes = planes;
  }
}
