/** The thread that writes an index, so that pages are served meanwhile. */
import { joined } from "../joined.ts";
import { allRows } from "../scan.ts";
import { openFile } from "./file.ts";
import { IndexWriter } from "./index_writer.ts";
import type { Purpose } from "./native.ts";
import { STOP, type WriteReply, type WriteRequest } from "./write_index.ts";
import { thrownText } from "../../lm/thrown.ts";

/** Rows after which it tells how far it is. */
const REPORT_ROWS = 10_000;

let isStopped = false;

self.onmessage = async ({ data }: MessageEvent<WriteRequest | typeof STOP>) => {
  if (data === STOP) return void (isStopped = true);
  const reply = (message: WriteReply) => self.postMessage(message);
  const report = (rows: number) => reply({ rows });
  try {
    await write(data, "writing", report).catch(async (error) => {
      if (error instanceof RangeError || isStopped) throw error; // No memory helps against too many fields.
      await Deno.remove(data.path).catch(() => {}); // It may have failed before there was a file.
      await write(data, "writing long texts", report);
    });
    reply({ done: true });
  } catch (error) {
    reply({ fault: thrownText(error) });
  }
};

async function write(
  { files, cacheDir, path, spillPath }: WriteRequest,
  purpose: Purpose,
  report: (rows: number) => void,
): Promise<void> {
  const parts = [];
  for (const file of files) parts.push(await openFile(file, cacheDir));
  const writer = await IndexWriter.create(path, spillPath, purpose);
  try {
    let reported = 0;
    for await (const batch of allRows(joined(parts))) {
      if (isStopped) throw new Error("stopped");
      for (const found of batch) {
        // A row that cannot be read has no text that could match, and the page that shows it tells why.
        if ("row" in found) await writer.add(found.index, found.row);
        if (found.index >= reported + REPORT_ROWS) report(reported = found.index);
      }
    }
    await writer.finish();
  } finally {
    writer.close();
  }
}
