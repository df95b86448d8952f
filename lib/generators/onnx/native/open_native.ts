/** From a file of weights to a model that the native driver runs, where this machine and that graph allow it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type ModelOptions, PAST } from "../onnx_model.ts";
import { OrtLibrary } from "./library.ts";
import { NativeModel } from "./native_model.ts";
import { NativeSession } from "./session.ts";

/** Operator whose kernel may write new keys and values into the memory of the past ones. */
const IN_PLACE_OPERATOR = "GroupQueryAttention";

/** Where the names of a graph's operators stand: before its weights. */
const GRAPH_BYTES = 4 * 2 ** 20;

/** Weights up to here are so few that more threads cost more than they save. */
const ONE_THREAD_BYTES = 64 * 2 ** 20;

const FLOAT = 1;

const LIBRARIES: Readonly<Partial<Record<typeof Deno.build.os, string>>> = {
  linux: "libonnxruntime.so.1",
  darwin: "libonnxruntime.1.dylib",
  windows: "onnxruntime.dll",
};

const ARCHITECTURES: Readonly<Record<typeof Deno.build.arch, string>> = { x86_64: "x64", aarch64: "arm64" };

let opened: OrtLibrary | undefined;

export interface NativeSource extends Omit<ModelOptions, "kvHeads" | "headWidth"> {
  /** The graph, with its weights in it or beside it. */
  readonly path: string;
  /** As the config says; graphs often leave it open. */
  readonly vocabularySize: number;
}

/** @throws {Error} saying why the native driver cannot run it */
export async function openNative(source: NativeSource): Promise<NativeModel> {
  const library = opened ??= OrtLibrary.open(libraryPath());
  const { size } = await Deno.stat(source.path);
  const session = new NativeSession(library, source.path, size <= ONE_THREAD_BYTES ? 1 : 0);
  try {
    const past = session.inputs.find(({ name }) => name.startsWith(PAST));
    const logits = session.outputs.find(({ name }) => name === "logits");
    const [, kvHeads = 0, , headWidth = 0] = past?.dims ?? [];
    if (past === undefined || logits === undefined || kvHeads < 1 || headWidth < 1) {
      throw new TypeError("its graph does not tell logits, and past_key_values with heads and width");
    }
    if (past.elementType !== FLOAT || logits.elementType !== FLOAT) throw new TypeError("its graph is not in float32");
    const width = logits.dims[2] ?? -1;
    return NativeModel.open({
      ...source,
      library,
      session,
      kvHeads,
      headWidth,
      isInPlace: await holdsOperator(source.path, IN_PLACE_OPERATOR),
      vocabularySize: width > 0 ? width : source.vocabularySize,
    });
  } catch (error) {
    session.close();
    throw error;
  }
}

/** @throws {Error} when the package brings none for this machine */
function libraryPath(): string {
  const { os, arch } = Deno.build;
  const file = LIBRARIES[os];
  if (file === undefined) throw new TypeError(`there is no library of ONNX Runtime for ${os}`);
  const main = createRequire(import.meta.url).resolve("onnxruntime-node");
  return join(dirname(main), "..", "bin", "napi-v6", os === "windows" ? "win32" : os, ARCHITECTURES[arch], file);
}

async function holdsOperator(path: string, name: string): Promise<boolean> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(GRAPH_BYTES);
  let length = 0;
  for (let read; length < bytes.length && (read = await file.read(bytes.subarray(length))) !== null;) length += read;
  return new TextDecoder("latin1").decode(bytes.subarray(0, length)).includes(name);
}
