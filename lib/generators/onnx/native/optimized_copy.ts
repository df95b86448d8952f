/**
 * A copy of a large model as the runtime rewrites it: its graph simplified, and its weights in a file of their own, which is
 * mapped into memory rather than read. A model then loads in a fraction of the time, and holds each weight once.
 *
 * The copy is as large as the model. It is made once, in a thread of its own, and belongs to this processor and this release
 * of the runtime; for any other one is made anew.
 *
 * Subtle: the weights lie as the graph has them. The runtime could keep them as its kernels want them, too, but a pass over
 * those takes a tenth longer where they are mapped than in memory of the process, which may lie in huge pages.
 */
import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import type { WeightFiles } from "./weight_files.ts";

/** Below this a model loads at once anyway. */
const LEAST_BYTES = 64 * 2 ** 20;

export interface OptimizedCopy {
  /** The copy's graph; a folder of its own holds it and its weights. */
  readonly path: string;
  readonly exists: boolean;
}

/** Where the copy of a model is, or would be; undefined for a small model, or where this machine does not tell its processor. */
export async function findCopy(
  modelPath: string,
  weights: WeightFiles,
  { cacheDir, version }: { readonly cacheDir: string; readonly version: string },
): Promise<OptimizedCopy | undefined> {
  const processor = processorName();
  if (weights.sizeBytes < LEAST_BYTES || processor === undefined) return undefined;
  const machine = hash(`${processor} ${version}`), content = hash(`plain ${weights.version}`);
  const folder = join(cacheDir, "optimized", hash(await Deno.realPath(modelPath)), `${machine}-${content}`);
  const path = join(folder, "model.onnx");
  return { path, exists: await exists(path) };
}

/** What the thread that writes a copy is told. */
export interface CopyRequest {
  readonly libraryPath: string;
  readonly modelPath: string;
  /** Where the copy's graph is to be in the end. */
  readonly copyPath: string;
}

/**
 * Writes a copy beside the model's use of it. Nothing waits for it; when it fails, the next start tries again.
 * @returns what gives it up, and resolves when nothing of it is left to end
 */
export function writeCopy(request: CopyRequest): () => Promise<void> {
  const worker = new Worker(new URL("./optimize_worker.ts", import.meta.url), { type: "module", name: "onnx copy" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  worker.onmessage = () => resolve();
  worker.onerror = (event) => {
    event.preventDefault();
    console.error(`Cannot keep an optimized copy of ${request.modelPath}: ${event.message}`);
    resolve();
  };
  ended.then(() => worker.terminate());
  worker.postMessage(request);
  return () => {
    worker.postMessage("stop");
    return ended;
  };
}

/** How the folder begins in which a copy is being written. */
const WRITING = "writing-";

/** A copy is written in seconds; what is older was left by a process that ended meanwhile. */
const ABANDONED_MS = 60 * 60_000;

/** A folder to write a copy in, beside its place; what earlier writers left half-done is removed. */
export async function copyFolder(copyPath: string): Promise<string> {
  const parent = dirname(dirname(copyPath));
  await Deno.mkdir(parent, { recursive: true });
  for await (const { name } of Deno.readDir(parent)) {
    if (!name.startsWith(WRITING)) continue;
    const { mtime } = await Deno.stat(join(parent, name));
    if (mtime !== null && Date.now() - mtime.getTime() > ABANDONED_MS) {
      await Deno.remove(join(parent, name), { recursive: true });
    }
  }
  return await Deno.makeTempDir({ dir: parent, prefix: WRITING });
}

/** Puts a finished copy in its place, and removes those that it replaces: of the same model as it was, for this machine. */
export async function placeCopy(written: string, copyPath: string): Promise<void> {
  const folder = dirname(copyPath), parent = dirname(folder);
  try {
    await Deno.rename(written, folder);
  } catch (error) {
    // Another process was quicker.
    if (!await exists(copyPath)) throw error;
    await Deno.remove(written, { recursive: true });
    return;
  }
  const name = folder.slice(parent.length + 1);
  const [machine = ""] = name.split("-");
  for await (const entry of Deno.readDir(parent)) {
    if (entry.name !== name && entry.name.startsWith(`${machine}-`)) {
      await Deno.remove(join(parent, entry.name), { recursive: true });
    }
  }
}

/** A copy that cannot be used makes room for another one. */
export async function dropCopy(copyPath: string): Promise<void> {
  await Deno.remove(dirname(copyPath), { recursive: true });
}

function processorName(): string | undefined {
  try {
    return cpus()[0]?.model;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
