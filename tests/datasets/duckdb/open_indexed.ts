/** A file with an index beside it, whatever its size, and the plain reader of the same file. */
import assert from "node:assert/strict";
import type { Dataset, DatasetSource } from "../../../lib/datasets/dataset.ts";
import { csv } from "../../../lib/datasets/csv.ts";
import { jsonl } from "../../../lib/datasets/jsonl.ts";

export interface Opened extends AsyncDisposable {
  readonly plain: Dataset<unknown>;
  readonly indexed: Dataset<unknown>;
  readonly folder: string;
}

export async function openIndexed(text: string, format: "jsonl" | "csv" = "jsonl"): Promise<Opened> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/file.${format}`;
  await Deno.writeTextFile(path, text);
  const source: DatasetSource<unknown> = format === "csv" ? csv<object>(path) : jsonl<object>(path);
  return await openSource(source, folder);
}

/** @param folder that is removed in the end */
export async function openSource(source: DatasetSource<unknown>, folder: string): Promise<Opened> {
  const base = new URL(`file://${folder}/`);
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  const plain = await source.open(base), indexed = await source.open(base, context);
  await indexed.statistics?.(); // They wait for the index.
  assert.deepEqual(indexed.indexState?.(), { kind: "ready" });
  return {
    plain,
    indexed,
    folder,
    async [Symbol.asyncDispose]() {
      await indexed.close?.();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
