/**
 * Who runs when. All that is asked of one model waits here; each turn takes one step of everything that needs a single
 * token, in as few passes as its lanes allow, and then one chunk of one prompt that is still to be read.
 *
 * So running completions share their passes, a long prompt holds nobody up for more than a chunk, and between two turns
 * messages come in, a cancel among them. What needs memory beyond the bound waits until others have ended; one run that is
 * alone takes what it needs.
 */
import { setImmediate } from "node:timers/promises";
import type { VisitLogits } from "../../../lm/model.ts";
import type { TokenId } from "../../../lm/token.ts";
import { memoryErrorOf } from "../memory_error.ts";
import { isSpoiled } from "../onnx_model.ts";
import { type KvSlot, sharedLength } from "./kv_block.ts";
import type { Passes } from "./passes.ts";

/**
 * Turns that a job waits for memory which others extend. Then whoever came after it waits too, until it has begun, so that
 * nobody waits for ever, and what is dropped meanwhile is read again only now and then.
 */
const PATIENCE = 128;

const NOBODY: ReadonlySet<AbortSignal> = new Set();

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
  /** Turns that it has waited for memory. */
  turnsWaited: number;
  /** Whether what a pass has left in its slot is no numbers, or nobody knows what it is. */
  isSpoiled: boolean;
}

type Begun = Waiting & { readonly slot: KvSlot };

export class Scheduler {
  readonly #passes: Passes;
  /** In the order they came; whoever has read a chunk goes to the end. */
  readonly #waiting = new Set<Waiting>();
  #isWorking = false;
  #isResting = false;
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
    this.#isResting = false;
    return new Promise((resolve, reject) => {
      this.#waiting.add({ ...job, resolve, reject, turnsWaited: 0, isSpoiled: false });
      if (!this.#isWorking) void this.#work();
    });
  }

  /** Nobody goes on with anything: what is kept beyond the bound is let go of, unless something is asked before. */
  rest(): void {
    this.#isResting = true;
    if (!this.#isWorking && !this.#isClosed) this.#passes.cache.trim(NOBODY);
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
    if (this.#isResting) this.rest();
  }

  /** Yields after each pass, so that its logits are read before the next one may write where they lie. */
  *#turn(): Generator<void> {
    for (const job of this.#waiting) {
      if (job.signal?.aborted !== true) continue;
      this.#end(job, () => job.reject(job.signal?.reason));
      if (isBegun(job)) this.#leave(job);
      yield;
    }
    // Subtle: whoever goes on where it stands comes first, so that nobody's beginning drops what running ones go on from.
    yield* this.#beginAll(false);
    yield* this.#beginAll(true);
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
    if (reading !== undefined) {
      this.#read(reading, isShared);
      yield;
    }
    this.#letGo(begun);
  }

  /** @param takesMemory also those that need some which they do not have */
  *#beginAll(takesMemory: boolean): Generator<void> {
    for (const job of this.#waiting) {
      if (job.slot !== undefined || job.signal?.aborted === true) continue;
      const isDue = job.turnsWaited >= PATIENCE;
      if (isDue && !takesMemory) return;
      // It was found to need memory before.
      if (job.turnsWaited > 0 && !takesMemory) continue;
      this.#attempt([job], () => this.#begin(job, takesMemory));
      // Subtle: logits that were known already are read where they lie, before anything else may be written there.
      if (!this.#waiting.has(job)) yield;
      else if (isDue && job.slot === undefined) return;
    }
  }

  /** Finds what is known of the job's ids; it waits on while another one is just about to know more of them. */
  #begin(job: Waiting, takesMemory: boolean): void {
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
    const spared = job.isTried === true ? SPARED : 0;
    if (!cache.isThere(known?.slot, length, ids.length, spared)) {
      if (!takesMemory) return;
      if (!cache.hasRoomFor(known?.slot, length, ids.length, spared) && !this.#isAlone(job)) {
        job.turnsWaited++;
        return;
      }
    }
    job.slot = cache.holding(known?.slot, length, ids.length, spared);
    job.slot.isHeld = true;
    job.slot.user = job.signal;
    // What it was copied from lies there still.
    if (cache.isBeyondBound) cache.trim(runsOf(this.#waiting));
  }

  /** Whether nothing is begun but what belongs to the job's own run. */
  #isAlone({ signal, isTried }: Waiting): boolean {
    for (const other of this.#waiting) {
      if (isBegun(other) && (signal === undefined || isTried === true || other.signal !== signal)) return false;
    }
    return true;
  }

  #step(jobs: readonly Begun[]): void {
    const slots = jobs.map(({ slot }) => slot), ids = jobs.flatMap(({ ids }) => ids.slice(-1));
    this.#attempt(jobs, () => {
      const rows = this.#passes.extendEach(slots, ids);
      for (const [index, job] of jobs.entries()) {
        const own = rows.slice(index, index + 1);
        job.isSpoiled = own.some(isSpoiled);
        this.#end(job, () => told(job, own));
      }
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
      job.isSpoiled ||= rows.some(isSpoiled);
      // Whatever follows would be no numbers either.
      if (job.isSpoiled && !isVisited) return this.#end(job, () => told(job, rows));
      if (isVisited) { for (const row of rows.slice(Math.max(0, from - start))) job.visit(row); }
      if (slot.ids.length === ids.length) return this.#end(job, () => isScored ? job.resolve() : told(job, rows));
      // The next chunk is somebody else's.
      this.#waiting.delete(job);
      this.#waiting.add(job);
    });
  }

  /**
   * Subtle: what has ended stays held until the turn is over, as its run goes on from there in the next one: another pass of
   * this turn shall not take its place.
   */
  #letGo(begun: readonly Begun[]): void {
    const { cache } = this.#passes;
    if (cache.isBeyondBound) cache.trim(runsOf(begun));
    for (const job of begun) if (!this.#waiting.has(job)) this.#leave(job);
  }

  /** Others may have the job's slot, unless it is spoiled: then nobody shall find what is in it. */
  #leave({ slot, isSpoiled }: Begun): void {
    slot.isHeld = false;
    if (isSpoiled) this.#passes.cache.forgetRows(slot);
  }

  /** What a pass throws is told to those that it was for; all others go on. */
  #attempt(jobs: readonly Waiting[], work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const error = memoryErrorOf(thrown);
      for (const job of jobs) {
        job.isSpoiled = true;
        this.#end(job, () => job.reject(error));
      }
    }
  }

  #end(job: Waiting, tell: () => void): void {
    this.#waiting.delete(job);
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

/** The runs of those that are begun; what is only tried is no run. */
function runsOf(jobs: Iterable<Waiting>): ReadonlySet<AbortSignal> {
  const runs = new Set<AbortSignal>();
  for (const job of jobs) if (isBegun(job) && job.isTried !== true && job.signal !== undefined) runs.add(job.signal);
  return runs;
}

function remaining({ ids, slot }: Begun): number {
  return ids.length - slot.ids.length;
}

function told(job: Waiting, rows: readonly Float32Array[]): void {
  for (const row of rows) job.visit(row);
  job.resolve();
}
