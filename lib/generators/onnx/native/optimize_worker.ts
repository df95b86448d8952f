/** The thread that writes an optimized copy: the runtime does so while it opens a model, which takes seconds. */
import { join } from "node:path";
import { OrtLibrary } from "./library.ts";
import { copyFolder, type CopyRequest, placeCopy } from "./optimized_copy.ts";
import { NativeSession } from "./session.ts";

self.onmessage = async ({ data }: MessageEvent<CopyRequest>) => {
  const { libraryPath, modelPath, copyPath } = data;
  const written = await copyFolder(copyPath);
  try {
    const options = { threads: 1, copyPath: join(written, "model.onnx") };
    (await NativeSession.open(OrtLibrary.open(libraryPath), modelPath, options)).close();
    await placeCopy(written, copyPath);
  } catch (error) {
    await Deno.remove(written, { recursive: true });
    throw error;
  }
  self.postMessage("done");
};
