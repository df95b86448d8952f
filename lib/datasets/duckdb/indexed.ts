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
import { LAYOUT } from "./index_writer.ts";
import { mayLoad } from "./native.ts";
import { RowIndex } from "./row_index.ts";

/** A file of this size is searched row by row in about a second. */
const LEAST_BYTES = 64 * 2 ** 20;

const CLOSED = "the split was closed";

export type FileFormat =
  | { readonly format: "jsonl" }
  | { readonly format: "csv"; readonly options: { readonly delimiter?: string } }
  | { readonly format: "parquet"; readonly options: { readonly columns?: readonly string[] } };

/** A file, and how it is read. */
export type IndexedFile = { readonly href: string } & FileFormat;

export interface WriteRequest {
  readonly files: readonly IndexedFile[];
  readonly cacheDir: string;
  readonly path: string;
  readonly spillPath: string;
}

export type WriteReply = { readonly rows: number } | { readonly done: true } | { readonly fault: string };

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
  return withIndex(dataset, new OpenIndex(files, cacheDir, cache, dataset.size));
}

function withIndex<Sample>(dataset: Dataset<Sample>, index: OpenIndex): Dataset<Sample> {
  return {
    ...dataset,
    async query(query) {
      const open = await index.opened(query.signal);
      if (open === undefined) return await scanIndices(dataset, query);
      return await open.query(query).catch(() => {
        query.signal?.throwIfAborted();
        return scanIndices(dataset, query); // Such as an order of texts that are too long for the index's memory.
      });
    },
    async statistics() {
      const open = await index.opened();
      return await open?.statistics().catch(() => undefined) ?? await lookAtRows(dataset);
    },
    indexState: () => index.state,
    async close() {
      await index.close();
      await dataset.close?.();
    },
  };
}

/** Indexes that are being written, by their places: splits of the same files wait for the same one. */
const writings = new Map<string, Promise<void>>();

/** An index that is opened, or written first, in the background. */
class OpenIndex {
  state: IndexState;
  readonly #opening: Promise<RowIndex | undefined>;
  readonly #closing = new AbortController();

  constructor(
    readonly files: readonly IndexedFile[],
    readonly cacheDir: string,
    readonly cache: IndexCache,
    size: number,
  ) {
    this.state = { kind: "writing", rows: 0, of: size };
    this.#opening = this.#open(size);
  }

  /** @returns undefined when there is none, after all; `state` says why */
  async opened(signal?: AbortSignal): Promise<RowIndex | undefined> {
    if (signal === undefined) return await this.#opening;
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const giveUp = () => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([this.#opening, promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await (await this.#opening)?.close();
  }

  async #open(size: number): Promise<RowIndex | undefined> {
    try {
      const place = await this.#place();
      if (await this.cache.has(place)) {
        const open = await RowIndex.open(place, this.cache.spillPath()).catch(() => undefined); // Damaged: written anew.
        if (open !== undefined) return this.#ready(open);
      }
      const written = writings.get(place) ?? this.#writeAt(place, size);
      writings.set(place, written);
      await written.finally(() => writings.delete(place));
      return this.#ready(await RowIndex.open(place, this.cache.spillPath()));
    } catch (error) {
      this.state = { kind: "absent", reason: error instanceof Error ? error.message : String(error) };
      return undefined;
    }
  }

  #ready(index: RowIndex): RowIndex {
    this.state = { kind: "ready" };
    return index;
  }

  #place(): Promise<string> {
    const layout = `duckdb ${LAYOUT} ${JSON.stringify(this.files.map(({ href: _, ...reader }) => reader))}`;
    return this.cache.place(this.files.map(({ href }) => fileURLToPath(href)), layout);
  }

  async #writeAt(place: string, size: number): Promise<void> {
    const written = await this.cache.writingPath();
    try {
      await this.#write(written, size);
      if (place !== await this.#place()) throw new Error("the file changed while it was read");
      await this.cache.keep(written, place);
    } catch (error) {
      await Deno.remove(written).catch(() => {}); // It may have failed before there was a file.
      throw error;
    }
  }

  async #write(path: string, size: number): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error(CLOSED);
    const worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module", name: "index" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onmessage = ({ data }: MessageEvent<WriteReply>) => {
      if ("rows" in data) this.state = { kind: "writing", rows: data.rows, of: size };
      else if ("fault" in data) reject(new Error(data.fault));
      else resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    const stop = () => reject(new Error(CLOSED));
    this.#closing.signal.addEventListener("abort", stop, { once: true });
    const request: WriteRequest = {
      files: this.files,
      cacheDir: this.cacheDir,
      path,
      spillPath: this.cache.spillPath(),
    };
    worker.postMessage(request);
    try {
      await promise;
    } finally {
      worker.terminate();
      await Deno.remove(request.spillPath, { recursive: true }).catch(() => {}); // Most never needed it.
    }
  }
}
