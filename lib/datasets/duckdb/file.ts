/** A local file as the thread that indexes it opens it: by the plain reader, without what cannot be sent to a thread. */
import { csv } from "../csv.ts";
import type { Dataset } from "../dataset.ts";
import { jsonl } from "../jsonl.ts";
import { parquet } from "../parquet.ts";
import type { IndexedFile } from "./indexed_file.ts";

export async function openFile(file: IndexedFile, cacheDir: string): Promise<Dataset<unknown>> {
  const url = new URL(file.href);
  const context = { cacheDir, indexes: false };
  switch (file.format) {
    case "jsonl":
      return await jsonl<object>(file.href).open(url, context);
    case "csv":
      return await csv<object>(file.href, file.options).open(url, context);
    case "parquet":
      return await parquet(file.href, file.options).open(url, context);
  }
}
