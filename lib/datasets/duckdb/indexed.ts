/**
 * Large local files with an index beside them, in which DuckDB finds the rows that match. The rows themselves come from the
 * plain readers, and where there is no index, so do the answers:
 * - native code may not run (no leave for it, Deno Deploy), or the cache folder is not to be written;
 * - the file is small, so that looking at each row is quick, or it lies at an address of the web;
 * - a schema may change rows: a developer's function cannot be sent to the thread that writes the index;
 * - the rows have more than 256 different fields, or writing failed, or an answer needs more memory than it may take.
 */
import { fileURLToPath } from "node:url";
import type { Dataset, DatasetContext, IndexState } from "../dataset.ts";
import { IndexCache } from "../index_cache.ts";
import { scanIndices } from "../query.ts";
import { lookAtRows } from "../statistics.ts";
import type { IndexedFile } from "./indexed_file.ts";
import { LAYOUT } from "./index_writer.ts";
import { mayLoad } from "./native.ts";
import { openIndexes } from "./open_indexes.ts";
import { RowIndex } from "./row_index.ts";
import { writeIndex } from "./write_index.ts";
import { thrownText } from "../../lm/thrown.ts";

/** A file of this size is searched row by row in about a second. */
const LEAST_BYTES = 64 * 2 ** 20;

/** The dataset with an index of its files; the dataset itself where there is to be none. */
export async function indexed<Sample>(
  dataset: Dataset<Sample>,
  files: readonly IndexedFile[],
  context: DatasetContext | undefined,
): Promise<Dataset<Sample>> {
  const { cacheDir, indexes = true, indexedFromBytes = LEAST_BYTES } = context ?? {};
  if (cacheDir === undefined || !indexes) return dataset;
  if (files.some(({ href }) => !href.startsWith("file:"))) return dataset;
  const cache = new IndexCache(cacheDir);
  if (!mayLoad() || !cache.mayWrite()) return dataset;
  const paths = files.map(({ href }) => new URL(href));
  const sizes = await Promise.all(paths.map(async (path) => (await Deno.stat(path)).size));
  if (sizes.reduce((sum, size) => sum + size, 0) < indexedFromBytes) return dataset;
  return withIndex(dataset, new SplitIndex(files, cacheDir, cache, dataset.size));
}

function withIndex<Sample>(dataset: Dataset<Sample>, index: SplitIndex): Dataset<Sample> {
  return {
    ...dataset,
    async query(query) {
      const found = await index.ask((open) => open.query(query), query.signal);
      return found ?? await scanIndices(dataset, query);
    },
    async statistics() {
      return await index.ask((open) => open.statistics()) ?? await lookAtRows(dataset);
    },
    indexState: () => index.state,
    async close() {
      await index.close();
      await dataset.close?.();
    },
  };
}

/** An index that is being written. */
interface Writing {
  readonly done: Promise<void>;
  /** Rows that it has by now. */
  rows: number;
  /** Splits that wait for it; when the last one leaves, it is given up. */
  waiting: number;
  readonly givenUp: AbortController;
}

/** Those that are being written now, by their places: splits of the same files wait for the same one. */
const writings = new Map<string, Writing>();

/** The index of a split: written in the background where it is not there, and open while it is asked. */
class SplitIndex {
  #state: IndexState;
  /** What it waits for. */
  #writing: Writing | undefined;
  /** Its place, once it is there. */
  #found: Promise<string | undefined>;
  readonly #closing = new AbortController();

  constructor(
    readonly files: readonly IndexedFile[],
    readonly cacheDir: string,
    readonly cache: IndexCache,
    readonly size: number,
  ) {
    this.#state = { kind: "writing", rows: 0, of: size };
    this.#found = this.#find();
  }

  get state(): IndexState {
    return this.#writing === undefined ? this.#state : { kind: "writing", rows: this.#writing.rows, of: this.size };
  }

  /** @returns undefined when there is no index, after all, or it has no answer, such as an order of very long texts */
  async ask<Answer>(question: (index: RowIndex) => Promise<Answer>, signal?: AbortSignal): Promise<Answer | undefined> {
    const place = await unlessAborted(this.#found, signal);
    if (place === undefined) return undefined;
    try {
      return await openIndexes.ask(place, () => this.#open(place), question);
    } catch {
      signal?.throwIfAborted();
      if (await this.cache.has(place)) return undefined;
      // It made room for others while nobody asked it.
      this.#state = { kind: "writing", rows: 0, of: this.size };
      this.#found = this.#find();
      return await this.ask(question, signal);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    // What is being written is not open yet, and others may wait for it.
    if (this.#writing !== undefined) return await this.#leave(this.#writing);
    const place = await this.#found;
    if (place !== undefined) await openIndexes.close(place);
  }

  async #find(): Promise<string | undefined> {
    try {
      const place = await this.#place();
      if (!await this.cache.has(place) || !await this.#isWhole(place)) await this.#writeOnce(place);
      this.#state = { kind: "ready" };
      return place;
    } catch (error) {
      this.#state = { kind: "absent", reason: thrownText(error) };
      return undefined;
    }
  }

  #open(place: string): Promise<RowIndex> {
    return RowIndex.open(place, this.cache.spillPath());
  }

  async #isWhole(place: string): Promise<boolean> {
    return await openIndexes.ask(place, () => this.#open(place), () => Promise.resolve(true)).catch(() => false);
  }

  async #place(): Promise<string> {
    const reader = JSON.stringify(this.files.map(({ href: _, ...reader }) => reader));
    return await this.cache.place(this.files.map(({ href }) => fileURLToPath(href)), `duckdb ${LAYOUT}`, reader);
  }

  async #writeOnce(place: string): Promise<void> {
    // One that was given up is not there to be waited for, and its file goes before another one is written.
    for (let old = writings.get(place); old?.givenUp.signal.aborted === true; old = writings.get(place)) {
      await old.done.catch(() => {});
    }
    this.#closing.signal.throwIfAborted();
    const writing = writings.get(place) ?? this.#begin(place);
    writing.waiting++;
    this.#writing = writing;
    try {
      await writing.done;
    } finally {
      this.#writing = undefined;
    }
  }

  #begin(place: string): Writing {
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    const writing: Writing = { done, rows: 0, waiting: 0, givenUp: new AbortController() };
    writings.set(place, writing);
    this.#write(place, writing).finally(() => writings.delete(place)).then(resolve, reject);
    return writing;
  }

  async #leave(writing: Writing): Promise<void> {
    this.#writing = undefined;
    if (--writing.waiting > 0) return;
    writing.givenUp.abort();
    await this.#found;
  }

  async #write(place: string, writing: Writing): Promise<void> {
    const path = await this.cache.writingPath(), { files, cacheDir } = this;
    try {
      await writeIndex({ files, cacheDir, path, spillPath: this.cache.spillPath() }, {
        signal: writing.givenUp.signal,
        onRows: (rows) => writing.rows = rows,
      });
      if (place !== await this.#place()) throw new Error("the file changed while it was read");
      await this.cache.keep(path, place);
    } catch (error) {
      // It may have failed before there was a file, or while the database was writing one with a log beside it.
      for (const left of [path, `${path}.wal`]) await Deno.remove(left).catch(() => {});
      throw error;
    }
  }
}

/** @throws the signal's reason as soon as it aborts */
async function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return await value;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([value, promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
