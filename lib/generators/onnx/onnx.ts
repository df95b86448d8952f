import { checkFields } from "../../lm/checked_fields.ts";
import { quote } from "../../lm/quote.ts";
import type { GeneratorEvent } from "../../lm/event.ts";
import type { GenerateRequest, Generator, GeneratorSource, OpenContext } from "../generator.ts";
import type { Engine } from "./engine.ts";
import { checkHashes, hubFolder } from "./hub_model.ts";
import { checkFolder, checkModel, checkTokenizer, findModel } from "./model_folder.ts";
import { ModelThread } from "./model_thread.ts";
import type { Device, OpenedFacts, Precision } from "./protocol.ts";
import { checkNativeCode, checkRuntime } from "./runtime_files.ts";
import { type OnnxSettings, readSettings } from "./settings.ts";

export interface OnnxOptions {
  /** Branch, tag or commit of a hub model. Pin a commit to get the same model for ever. */
  readonly revision?: string;
  /** Which of the export's files: `fp32` is `onnx/model.onnx`, `q8` is `onnx/model_quantized.onnx` … */
  readonly precision?: Precision;
  /** `auto` takes the first of cuda, webgpu and cpu that works here. */
  readonly device?: Device;
  /** Most megabytes of keys and values; one request that is alone may take more. Default: as `VISUALLM_KV_MB` says, else 512. */
  readonly kvMegabytes?: number;
  /** File of a hub model → SHA-256 that it must have, such as `{ "onnx/model.onnx": "9f86…" }`. */
  readonly sha256?: Readonly<Record<string, string>>;
  /** Most megabytes that a hub model may take. Default: 32,768. */
  readonly downloadMegabytes?: number;
}

/** Every option, for what is misspelt to be told. */
const OPTIONS: Readonly<Record<keyof OnnxOptions, true>> = {
  revision: true,
  precision: true,
  device: true,
  kvMegabytes: true,
  sha256: true,
  downloadMegabytes: true,
};

const DOWNLOAD_MEGABYTES = 32_768;

/**
 * A decoder-only model in ONNX, run in this process, in a thread of its own.
 * @param model a folder in hub layout (beside the module's file, or where the app is started), or a hub id `org/name`
 * @throws {TypeError} naming an option that there is not
 */
export function onnx(model: string, options: OnnxOptions = {}): GeneratorSource {
  checkFields(`a generator by onnx(${quote(model)})`, options, OPTIONS);
  const { revision = "main", precision = "fp32", device = "cpu", kvMegabytes } = options;
  const { sha256 = {}, downloadMegabytes = DOWNLOAD_MEGABYTES } = options;
  checkHashes(sha256);
  async function locate(context: OpenContext): Promise<string> {
    const source = await findModel(model, revision, context);
    const mostBytes = Math.floor(downloadMegabytes * 2 ** 20);
    return source.kind === "folder"
      ? source.path
      : await hubFolder({ ...source, precision, sha256, mostBytes }, context);
  }
  return {
    kind: "onnx",
    // Two of one folder are told apart before they are open.
    label: options.precision === undefined ? model : `${model}, ${precision}`,
    async check(context) {
      checkNativeCode(context);
      settingsOf(context);
      const { kind } = await findModel(model, revision, context);
      if (kind === "folder") await checkFolder(await locate(context), precision);
      await checkRuntime();
    },
    async open(context) {
      checkNativeCode(context);
      await checkRuntime();
      const settings = settingsOf(context);
      const path = await locate(context);
      const thread = new ModelThread({
        path,
        precision,
        device,
        settings: kvMegabytes === undefined ? settings : { ...settings, kvBytes: kvMegabytes * 2 ** 20 },
        cacheDir: context.cacheDir,
      });
      return generatorOf(thread, await openChecked(thread, { path, precision }, context));
    },
  };
}

/** @throws {RangeError} naming the setting that cannot be used */
function settingsOf({ env = () => undefined }: OpenContext): OnnxSettings {
  return readSettings(env);
}

/** Opens a model in its thread, which begins while the files are looked at. @throws {Error} naming the file at fault */
async function openChecked(
  thread: ModelThread,
  { path, precision }: { readonly path: string; readonly precision: Precision },
  { signal, onProgress }: OpenContext,
): Promise<OpenedFacts> {
  signal?.throwIfAborted();
  const close = () => void thread.close();
  signal?.addEventListener("abort", close, { once: true });
  thread.start();
  try {
    const checked = checkTokenizer(path, precision, await checkModel(path, precision));
    // Told below, also when the thread is quicker: what is wrong with the files says more than what came of it.
    checked.catch(() => {});
    return await thread.open(onProgress).finally(() => checked);
  } catch (error) {
    await thread.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", close);
  }
}

function generatorOf(thread: ModelThread, { facts, hasChatTemplate }: OpenedFacts): Generator {
  return {
    facts,
    async tokenize(text) {
      const engine = await thread.engine();
      return engine.tokens.read(await engine.ask({ type: "tokenize", text }));
    },
    async *generate(request) {
      yield* runOf(await thread.engine(), request);
    },
    ...(hasChatTemplate && {
      renderChat: async (messages) => await (await thread.engine()).ask({ type: "render", messages }),
    }),
    async next(request, signal) {
      const engine = await thread.engine();
      const { prompt, path, ...next } = await engine.ask({ type: "next", request }, { signal });
      const { tokens } = engine;
      return { ...next, ...(prompt && { prompt: tokens.read(prompt) }), path: tokens.read(path) };
    },
    score: async ({ prompt, completion, top, signal }) =>
      await (await thread.engine()).ask({ type: "score", prompt, completion, top }, { signal }),
    close: () => thread.close(),
  };
}

/**
 * Rounds of a run that are asked for before they are read: the model's thread waits for no message between two of them, and
 * a reader that is slow finds no more than these.
 */
const PULLED_AHEAD = 3;

async function* runOf(
  engine: Engine,
  { signal, ...request }: GenerateRequest,
): AsyncGenerator<GeneratorEvent, void, void> {
  const run = await engine.ask({ type: "generate", request });
  // A model that was closed meanwhile has nothing left to cancel.
  const cancel = () => void engine.ask({ type: "cancel", id: run }).catch(() => {});
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const pulls = Array.from({ length: PULLED_AHEAD }, () => pull(engine, run));
  let isOver = false;
  try {
    for (;;) {
      const events = await (pulls.shift() ?? []);
      if (events.length === 0) break;
      yield* events;
      pulls.push(pull(engine, run));
    }
    isOver = true;
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!isOver) await endRun(engine, run);
  }
}

function pull(engine: Engine, run: number): Promise<readonly GeneratorEvent[]> {
  const events = engine.ask({ type: "pull", run });
  // What it throws is for whoever comes to read it, which may be nobody.
  events.catch(() => {});
  return events;
}

/** Lets a run that nobody reads any more come to its end: after the cancel only its `finish` events are left. */
async function endRun(engine: Engine, run: number): Promise<void> {
  if (engine.isClosed) return;
  await engine.ask({ type: "cancel", id: run });
  while ((await engine.ask({ type: "pull", run })).length > 0);
}
