/** What a graph can be asked to do with slots of the prefix cache: extend one by a few tokens, or several by one each. */
import type { TokenId } from "../../../lm/token.ts";
import { CHUNK, fixedSize, PAST } from "../onnx_model.ts";
import { type KvShape, type KvSlot, logitsOf } from "./kv_block.ts";
import type { KvSlots } from "./kv_slots.ts";
import type { KvMemory } from "./kv_memory.ts";
import type { OrtLibrary } from "./library.ts";
import {
  FLOAT,
  type FLOAT16,
  type NativeSession,
  NativeTensor,
  type NativeValue,
  release,
  type Tensors,
} from "./session.ts";

export interface Passes {
  readonly chunks: Chunks;
  /** Forward passes so far. */
  readonly count: number;
  readonly cache: KvSlots;
  /** Why a pass takes one slot; absent where it takes several. */
  readonly alone?: string | undefined;
  /** Most slots, of up to `total` positions each, that one pass extends. */
  mostRows(total: number): number;
  /**
   * Appends `ids` to what the slot holds.
   * @returns logits after the last id, or after each; views that hold until the next pass
   */
  extend(slot: KvSlot, ids: readonly TokenId[], wanted: "last" | "all"): readonly Float32Array[];
  /** Appends one id to each slot, in one pass. @returns the logits after each; views that hold until the next pass */
  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[];
}

/** Tokens of one prompt that one pass reads. Longer chunks are quicker; shorter ones hold up less whoever waits. */
export interface Chunks {
  /** Where the logits after each are wanted. */
  readonly scored: number;
  /** Where others take steps meanwhile. */
  readonly shared: number;
  readonly alone: number;
}

export function chunksOf({ canKeep, tokens }: GraphInputs, readsLong: boolean): Chunks {
  if (tokens !== undefined) return { scored: tokens, shared: tokens, alone: tokens };
  const isLong = canKeep && readsLong;
  return { scored: CHUNK, shared: isLong ? 2 * CHUNK : CHUNK, alone: isLong ? 4 * CHUNK : CHUNK };
}

/** How a graph wants to be asked, as its inputs tell. */
export interface GraphInputs {
  /** Names of the cache's tensors without their beginnings, in the order of a block's data. */
  readonly cached: readonly string[];
  readonly hasMask: boolean;
  readonly hasPositions: boolean;
  /** Whether it can be told to give the logits of the last positions alone. */
  readonly canKeep: boolean;
  /** Rows and tokens of a pass, and positions of the cache, where it takes no other number of them. */
  readonly rows: number | undefined;
  readonly tokens: number | undefined;
  readonly fixedLength: number | undefined;
}

export function graphInputs(session: NativeSession): GraphInputs {
  const names = session.inputs.map(({ name }) => name);
  const ids = session.inputs.find(({ name }) => name === "input_ids");
  const past = session.inputs.find(({ name }) => name.startsWith(PAST));
  return {
    cached: names.filter((name) => name.startsWith(PAST)).map((name) => name.slice(PAST.length)),
    hasMask: names.includes("attention_mask"),
    hasPositions: names.includes("position_ids"),
    canKeep: names.includes("num_logits_to_keep"),
    rows: fixedSize(ids?.dims[0]) ?? fixedSize(past?.dims[0]),
    tokens: fixedSize(ids?.dims[1]),
    fixedLength: fixedSize(past?.dims[2]),
  };
}

/** What both ways of passing are made with. */
export interface PassOptions {
  readonly library: OrtLibrary;
  readonly session: NativeSession;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly window: number;
  readonly vocabularySize: number;
  readonly kvBytes: number;
  /** Where keys and values lie. */
  readonly memory: KvMemory;
  /** Whether attention is GroupQueryAttention, of which it is known that rows side by side give what each gives alone. */
  readonly isGrouped: boolean;
  readonly logitsType: typeof FLOAT | typeof FLOAT16;
  /** Whether long chunks of a prompt are read as exactly as short ones, and soon enough. */
  readonly readsLong: boolean;
}

/** What its cache is like. */
export function shapeOf(options: PassOptions, { cached, fixedLength }: GraphInputs, isInPlace: boolean): KvShape {
  const { kvHeads: heads, headWidth: width, window, vocabularySize: vocabulary, memory } = options;
  return { tensors: cached.length, heads, width, window, vocabulary, isInPlace, fixedLength, memory };
}

/** One pass over the next tokens of a slot. */
export interface SlotPass {
  readonly slot: KvSlot;
  readonly ids: readonly TokenId[];
  readonly wanted: "last" | "all";
  /** Cache and mask, for as many positions as the slot holds after the pass; they stay the caller's. */
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  /** Room for the logits of a whole chunk, where those of more than one position come. */
  readonly room: () => Float32Array<ArrayBuffer>;
}

/**
 * Runs it: the slot then holds the ids, and its logits where only those after the last of them were wanted.
 * @returns logits after the last id, or after each; views that hold until the next pass
 */
export function passOver(options: PassOptions, graph: GraphInputs, pass: SlotPass): readonly Float32Array[] {
  const { library, session, vocabularySize } = options;
  const { slot, ids, wanted } = pass;
  const rows = graph.canKeep && wanted === "last" ? 1 : ids.length;
  const own = logitsOf({ vocabulary: vocabularySize }, slot);
  const logits = rows === 1 ? own : pass.room();
  const written = logitsTensor(options, logits, [1, rows, vocabularySize]);
  const tokens = tokenTensors(library, graph, slot.ids.length, ids, wanted);
  // A pass that fails may have overwritten them.
  slot.hasLogits = false;
  try {
    session.run({ ...pass.inputs, ...tokens }, { ...pass.outputs, logits: written.value });
  } finally {
    release([...Object.values(tokens), written.value]);
  }
  written.widen();
  slot.ids.push(...ids);
  const all = logitRows(logits, rows, vocabularySize), last = all.at(-1);
  if (wanted === "all") return all;
  // Subtle: the slot keeps its logits beyond the next pass.
  if (rows > 1 && last !== undefined) own.set(last);
  slot.hasLogits = true;
  return [own];
}

/** Ids and positions of one slot's next tokens, and how many logits are wanted. */
function tokenTensors(
  library: OrtLibrary,
  { hasPositions, canKeep }: GraphInputs,
  past: number,
  ids: readonly TokenId[],
  wanted: "last" | "all",
): Record<string, NativeTensor> {
  const row = [1, ids.length];
  const tensors: Record<string, NativeTensor> = {
    input_ids: new NativeTensor(library, BigInt64Array.from(ids, BigInt), row),
  };
  if (hasPositions) {
    const positions = BigInt64Array.from(ids, (_, index) => BigInt(past + index));
    tensors.position_ids = new NativeTensor(library, positions, row);
  }
  if (canKeep) {
    tensors.num_logits_to_keep = new NativeTensor(library, BigInt64Array.of(wanted === "last" ? 1n : 0n), []);
  }
  return tensors;
}

/** Rows of `[row, vocabulary]`, as views. */
export function logitRows(
  logits: Float32Array<ArrayBuffer>,
  rows: number,
  vocabularySize: number,
): readonly Float32Array<ArrayBuffer>[] {
  return Array.from({ length: rows }, (_, row) => logits.subarray(row * vocabularySize, (row + 1) * vocabularySize));
}

/** Logits that a pass is to write, in single precision whatever the graph's. */
export interface LogitsTensor {
  readonly value: NativeValue;
  /** To be called after each pass, before they are read. */
  widen(): void;
}

/**
 * @param target where they are read, `dims` of them
 * @param makeHalves where they are written in half precision, `elements` of them
 */
export function logitsTensor(
  { library, logitsType }: Pick<PassOptions, "library" | "logitsType">,
  target: Float32Array<ArrayBuffer>,
  dims: readonly number[],
  makeHalves = (elements: number) => new Float16Array(elements),
): LogitsTensor {
  if (logitsType === FLOAT) return { value: new NativeTensor(library, target, dims), widen() {} };
  const halves = makeHalves(dims.reduce((product, size) => product * size, 1));
  const bits = new Uint16Array(halves.buffer, halves.byteOffset, halves.length);
  const value = new NativeTensor(library, bits, dims);
  return { value, widen: () => target.set(halves) };
}
