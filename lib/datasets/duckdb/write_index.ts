/** Has an index written by a thread of its own. */
import type { IndexedFile } from "./indexed_file.ts";

const CLOSED = "the split was closed";
/** How long the thread may take to come to the end of what it writes just then. */
const STOP_MS = 5_000;

/** Ends the writing, in place of a request. */
export const STOP = "stop";

export interface WriteRequest {
  readonly files: readonly IndexedFile[];
  readonly cacheDir: string;
  /** Of the index, which is not there yet. */
  readonly path: string;
  /** Folder for what does not fit into memory. */
  readonly spillPath: string;
}

export type WriteReply = { readonly rows: number } | { readonly done: true } | { readonly fault: string };

interface WriteOptions {
  readonly signal: AbortSignal;
  /** Told how many rows it has by now. */
  readonly onRows: (rows: number) => void;
}

/** @throws with the reason when it cannot be written, and when the signal aborts */
export async function writeIndex(request: WriteRequest, { signal, onRows }: WriteOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let deadline: ReturnType<typeof setTimeout> | undefined;
  // Subtle: what the database has begun goes on after its thread was ended, and may make a file that nobody removes.
  const stop = () => {
    worker.postMessage(STOP);
    deadline = setTimeout(() => reject(new Error(CLOSED)), STOP_MS);
  };
  if (signal.aborted) throw new Error(CLOSED);
  const worker = new Worker(new URL("./write_worker.ts", import.meta.url), { type: "module", name: "index" });
  worker.onmessage = ({ data }: MessageEvent<WriteReply>) => {
    if ("rows" in data) onRows(data.rows);
    else if ("fault" in data) reject(new Error(data.fault));
    else resolve();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  signal.addEventListener("abort", stop, { once: true });
  worker.postMessage(request);
  try {
    await promise.finally(() => {
      if (signal.aborted) throw new Error(CLOSED);
    });
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener("abort", stop);
    worker.terminate();
    await Deno.remove(request.spillPath, { recursive: true }).catch(() => {}); // Most never needed it.
  }
}
