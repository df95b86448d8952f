/** The thread that writes an index, so that pages are served meanwhile. */
import { joined } from "../joined.ts";
import { scanRows } from "../scan.ts";
import { openFile } from "./file.ts";
import { IndexWriter } from "./index_writer.ts";
import type { WriteReply, WriteRequest } from "./indexed.ts";

/** Rows after which it tells how far it is. */
const REPORT_ROWS = 10_000;

self.onmessage = async ({ data }: MessageEvent<WriteRequest>) => {
  const reply = (message: WriteReply) => self.postMessage(message);
  try {
    await write(data, (rows) => reply({ rows }));
    reply({ done: true });
  } catch (error) {
    reply({ fault: error instanceof Error ? error.message : String(error) });
  }
};

async function write(
  { files, cacheDir, path, spillPath }: WriteRequest,
  report: (rows: number) => void,
): Promise<void> {
  const parts = [];
  for (const file of files) parts.push(await openFile(file, cacheDir));
  const writer = await IndexWriter.create(path, spillPath);
  try {
    let reported = 0;
    for await (const batch of scanRows(joined(parts))) {
      for (const found of batch) {
        // A row that cannot be read has no text that could match, and the page that shows it tells why.
        if ("row" in found) await writer.add(found.index, found.row);
        if (found.index >= reported + REPORT_ROWS) report(reported = found.index);
      }
    }
    await writer.finish();
  } finally {
    writer.close();
    await Deno.remove(spillPath, { recursive: true }).catch(() => {}); // Most never needed it.
  }
}
