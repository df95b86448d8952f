/** The fast driver: the library called directly, with keys and values in buffers of ours that no step copies. */
import type { VisitLogits } from "../../../lm/model.ts";
import type { TokenId } from "../../../lm/token.ts";
import { checkFixedCache, fixedCacheTrials, type Trial } from "../fixed_cache.ts";
import { checkFirstLogits, checkVocabulary, type ModelOptions, OnnxModel } from "../onnx_model.ts";
import { GrowingPasses } from "./growing_passes.ts";
import { InPlacePasses } from "./in_place_passes.ts";
import type { KvSlots } from "./kv_slots.ts";
import type { Passes, PassOptions } from "./passes.ts";
import { Scheduler } from "./scheduler.ts";
import { readApart } from "./side_by_side.ts";

export interface NativeOptions
  extends ModelOptions, Pick<PassOptions, "library" | "session" | "memory" | "logitsType" | "readsLong" | "isGrouped"> {
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

  /** Runs a few tokens through the model, which shows that the graph is what it was taken for. @throws {Error} when not */
  static open(options: NativeOptions): NativeModel {
    checkVocabulary(options.vocabularySize, options.tokenizer);
    const settings = { ...options, window: options.contextWindow };
    const passes = options.isInPlace ? new InPlacePasses(settings) : new GrowingPasses(settings);
    const [first = new Float32Array()] = passes.extend(passes.cache.holding(undefined, 0, 1), [0], "last");
    checkFirstLogits(first);
    if (options.isInPlace && !options.isGrouped) {
      const [steps, whole, other] = fixedCacheTrials(options.vocabularySize);
      const read = ({ ids, most }: Trial) => readApart(passes, ids, most);
      checkFixedCache(read(steps), read(whole), read(other));
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
    const { letGo, memory, session } = this.#options;
    await letGo();
    memory.close();
    session.close();
  }
}
