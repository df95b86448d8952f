/** The fast driver: the library called directly, with keys and values in buffers of ours that no step copies. */
import type { VisitLogits } from "../../../lm/model.ts";
import type { TokenId } from "../../../lm/token.ts";
import { checkFirstLogits, checkVocabulary, type ModelOptions, OnnxModel } from "../onnx_model.ts";
import { GrowingPasses } from "./growing_passes.ts";
import { InPlacePasses } from "./in_place_passes.ts";
import type { KvSlots } from "./kv_slots.ts";
import type { Passes, PassOptions } from "./passes.ts";
import { Scheduler } from "./scheduler.ts";
import { checkFixedCache, FIXED_CACHE_TRIALS, type Trial } from "../trials.ts";

export interface NativeOptions
  extends
    ModelOptions,
    Pick<PassOptions, "library" | "session" | "memory" | "logitsType" | "readsLong" | "skipsMasked"> {
  /** Whether attention writes into its past, or gives a whole new one. */
  readonly isInPlace: boolean;
  readonly vocabularySize: number;
  /** Ends what is still done beside the model. */
  readonly letGo: () => Promise<void>;
}

export class NativeModel extends OnnxModel {
  readonly #options: NativeOptions;
  readonly #passes: Passes;
  readonly #scheduler: Scheduler;

  private constructor(options: NativeOptions, passes: Passes) {
    super(options, options.vocabularySize);
    this.#options = options;
    this.#passes = passes;
    this.#scheduler = new Scheduler(passes);
  }

  /** Runs one token through the model, which shows that the graph is what it was taken for. @throws {Error} when not */
  static open(options: NativeOptions): NativeModel {
    checkVocabulary(options.vocabularySize, options.tokenizer);
    const settings = { ...options, window: options.contextWindow };
    const passes = options.isInPlace ? new InPlacePasses(settings) : new GrowingPasses(settings);
    const [first = new Float32Array()] = passes.extend(passes.cache.holding(undefined, 0, 1), [0], "last");
    checkFirstLogits(first);
    if (options.isInPlace && !options.skipsMasked) {
      checkFixedCache(FIXED_CACHE_TRIALS.map((trial) => readTrial(passes, trial)));
    }
    return new NativeModel(options, passes);
  }

  get passes(): number {
    return this.#passes.count;
  }

  get cache(): KvSlots {
    return this.#passes.cache;
  }

  get rows(): number {
    return this.#passes.mostRows(1);
  }

  get alone(): string | undefined {
    return this.#passes.alone;
  }

  get isIdle(): boolean {
    return this.#scheduler.isIdle;
  }

  async logits(ids: readonly TokenId[], signal?: AbortSignal, isTried = false): Promise<Float32Array> {
    let logits: Float32Array | undefined;
    const visit = (row: Float32Array) => void (logits = row);
    await this.#scheduler.do({ ids, from: ids.length - 1, visit, isTried, signal });
    return logits ?? new Float32Array();
  }

  async eachLogits(ids: readonly TokenId[], from: number, visit: VisitLogits, signal?: AbortSignal): Promise<void> {
    await this.#scheduler.do({ ids, from, visit, signal });
  }

  rest(): void {
    this.#scheduler.rest();
  }

  /** Subtle: called between two passes, as each of them blocks the thread. */
  async close(): Promise<void> {
    this.#scheduler.close();
    await this.#options.letGo();
    this.#options.session.close();
  }
}

/** @returns the logits after its last token; nothing of it is kept */
function readTrial(passes: Passes, { ids, chunk }: Trial): Float32Array {
  const slot = passes.cache.holding(undefined, 0, ids.length), size = Math.min(chunk, passes.chunks.alone);
  try {
    let logits: Float32Array | undefined;
    for (let start = 0; start < ids.length; start += size) {
      [logits] = passes.extend(slot, ids.slice(start, start + size), "last");
    }
    return logits?.slice() ?? new Float32Array();
  } finally {
    passes.cache.forget(slot);
  }
}
