/**
 * Who runs when. All that is asked of one model waits here; each turn takes one step of everything that needs a single
 * token, in as few passes as its lanes allow, and then one chunk of one prompt that is still to be read.
 *
 * So running completions share their passes, a long prompt holds nobody up for more than a chunk, and between two turns
 * messages come in, a cancel among them.
 */
import { setImmediate } from "node:timers/promises";
import type { VisitLogits } from "../../../lm/model.ts";
import type { TokenId } from "../../../lm/token.ts";
import type { KvSlot } from "./kv_block.ts";
import { sharedLength } from "./kv_slots.ts";
import type { Passes } from "./passes.ts";

/** Positions that a tried prefix may take from the one that was tried before: to run them again costs about one pass. */
const SPARED = 16;

export interface Job {
  readonly ids: readonly TokenId[];
  /** Told of the logits after each of the ids from `from` on. */
  readonly visit: VisitLogits;
  readonly from: number;
  readonly isTried?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting extends Job {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Where it is computed; absent until its turn. */
  slot?: KvSlot;
}

type Begun = Waiting & { readonly slot: KvSlot };

export class Scheduler {
  readonly #passes: Passes;
  /** In the order they came; whoever has read a chunk goes to the end. */
  readonly #waiting = new Set<Waiting>();
  #isWorking = false;
  #isClosed = false;

  constructor(passes: Passes) {
    this.#passes = passes;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Resolves when the job's last logits were visited. @throws the signal's reason, or what a pass throws */
  do(job: Job): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    if (job.from < 0 || job.ids.length === 0) {
      return Promise.reject(new RangeError("Cannot compute logits after an empty prefix"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add({ ...job, resolve, reject });
      if (!this.#isWorking) void this.#work();
    });
  }

  /** Ends all that waits, and refuses whatever comes. */
  close(): void {
    this.#isClosed = true;
    for (const job of this.#waiting) this.#end(job, () => job.reject(closed()));
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    // Subtle: what was just computed is told before the next pass blocks the thread, and whoever asks meanwhile shares it.
    await setImmediate();
    while (this.#waiting.size > 0) {
      for (const _ of this.#turn()) {
        await setImmediate();
        if (this.#isClosed) return;
      }
    }
    this.#isWorking = false;
  }

  /** Yields after each pass, so that its logits are read before the next one may write where they lie. */
  *#turn(): Generator<void> {
    for (const job of this.#waiting) {
      if (job.signal?.aborted === true) this.#end(job, () => job.reject(job.signal?.reason));
      else if (job.slot === undefined) this.#attempt([job], () => this.#begin(job));
      // Subtle: logits that were known already are read where they lie, before anything else may be written there.
      if (!this.#waiting.has(job)) yield;
    }
    const begun = [...this.#waiting].filter(isBegun);
    let rows = begun.filter((job) => remaining(job) === 1);
    const isShared = rows.length > 0;
    while (rows.length > 0) {
      const count = this.#passes.mostRows(Math.max(...rows.map(({ ids }) => ids.length)));
      this.#step(rows.slice(0, count));
      rows = rows.slice(count);
      yield;
      // Whoever has left meanwhile holds nobody up.
      rows = rows.filter(({ signal }) => signal?.aborted !== true);
    }
    const reading = begun.find((job) => remaining(job) > 1);
    if (reading === undefined) return;
    this.#read(reading, isShared);
    yield;
  }

  /** Finds what is known of the job's ids; it waits on while another one is just about to know more of them. */
  #begin(job: Waiting): void {
    const { ids, from } = job, { cache } = this.#passes;
    const known = cache.find(ids.slice(0, from + 1));
    const logits = known?.length === ids.length && known.slot.ids.length === ids.length
      ? cache.logitsOf(known.slot)
      : undefined;
    if (logits !== undefined) return this.#end(job, () => told(job, [logits]));
    // Subtle: the last id always runs, since the logits after it are asked for.
    const length = Math.min(known?.length ?? 0, from);
    for (const other of this.#waiting) {
      if (isBegun(other) && Math.min(sharedLength(other.ids, ids), from) > length) return;
    }
    job.slot = cache.holding(known?.slot, length, ids.length, job.isTried === true ? SPARED : 0);
    job.slot.isHeld = true;
  }

  #step(jobs: readonly Begun[]): void {
    const slots = jobs.map(({ slot }) => slot), ids = jobs.flatMap(({ ids }) => ids.slice(-1));
    this.#attempt(jobs, () => {
      const rows = this.#passes.extendEach(slots, ids);
      for (const [index, job] of jobs.entries()) this.#end(job, () => told(job, rows.slice(index, index + 1)));
    });
  }

  #read(job: Begun, isShared: boolean): void {
    const { ids, from, slot } = job, start = slot.ids.length;
    const isScored = from < ids.length - 1;
    const { scored, shared, alone } = this.#passes.chunks;
    const chunk = ids.slice(start, start + (isScored ? scored : isShared ? shared : alone));
    this.#attempt([job], () => {
      // A chunk that ends before what is scored is read for its keys and values alone.
      const isVisited = isScored && start + chunk.length > from;
      const rows = this.#passes.extend(slot, chunk, isVisited ? "all" : "last");
      if (isVisited) { for (const row of rows.slice(Math.max(0, from - start))) job.visit(row); }
      if (slot.ids.length === ids.length) return this.#end(job, () => isScored ? job.resolve() : told(job, rows));
      // The next chunk is somebody else's.
      this.#waiting.delete(job);
      this.#waiting.add(job);
    });
  }

  /** What a pass throws is told to those that it was for; all others go on. */
  #attempt(jobs: readonly Waiting[], work: () => void): void {
    try {
      work();
    } catch (error) {
      for (const job of jobs) this.#end(job, () => job.reject(error));
    }
  }

  #end(job: Waiting, tell: () => void): void {
    this.#waiting.delete(job);
    if (job.slot !== undefined) job.slot.isHeld = false;
    try {
      tell();
    } catch (error) {
      job.reject(error);
    }
  }
}

function closed(): Error {
  return new Error("The model was closed");
}

function isBegun(job: Waiting): job is Begun {
  return job.slot !== undefined;
}

function remaining({ ids, slot }: Begun): number {
  return ids.length - slot.ids.length;
}

function told(job: Waiting, rows: readonly Float32Array[]): void {
  for (const row of rows) job.visit(row);
  job.resolve();
}
