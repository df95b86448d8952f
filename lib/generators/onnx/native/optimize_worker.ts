/** The thread that writes an optimized copy: the runtime does so while it opens a model, which takes seconds. */
import { join } from "node:path";
import { OrtLibrary } from "./library.ts";
import { copyFolder, type CopyRequest, placeCopy } from "./optimized_copy.ts";
import { NativeSession } from "./session.ts";

const stopping = new AbortController();

self.onmessage = async ({ data }: MessageEvent<CopyRequest | "stop">) => {
  if (data === "stop") return stopping.abort();
  await write(data, stopping.signal);
  self.postMessage("done");
};

/** Nothing is left of a copy that was given up. */
async function write({ libraryPath, modelPath, copyPath }: CopyRequest, signal: AbortSignal): Promise<void> {
  const written = await copyFolder(copyPath);
  try {
    const options = { threads: 1, isPacked: false, copyPath: join(written, "model.onnx") };
    (await NativeSession.open(OrtLibrary.open(libraryPath), modelPath, options, signal)).close();
    await placeCopy(written, copyPath);
  } catch (error) {
    await Deno.remove(written, { recursive: true });
    if (!signal.aborted) throw error;
  }
}
