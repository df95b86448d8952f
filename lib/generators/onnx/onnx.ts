import type { Generator, GeneratorSource, OpenContext } from "../generator.ts";
import { Engine } from "./engine.ts";
import { checkFolder, findModel } from "./model_folder.ts";
import type { Device, Driver, Precision } from "./protocol.ts";

export interface OnnxOptions {
  /** Branch, tag or commit of a hub model. Pin a commit to get the same model for ever. */
  readonly revision?: string;
  /** Which of the export's files: `fp32` is `onnx/model.onnx`, `q8` is `onnx/model_quantized.onnx` … */
  readonly precision?: Precision;
  /** `auto` takes the first of cuda, webgpu and cpu that works here. */
  readonly device?: Device;
  /** Most megabytes of attention cache kept between requests. */
  readonly kvMegabytes?: number;
}

const DEFAULT_KV_MEGABYTES = 512;

/**
 * A decoder-only model in ONNX, run in this process, in a thread of its own.
 * @param model a folder in hub layout (beside the module's file, or where the app is started), or a hub id `org/name`
 */
export function onnx(model: string, options: OnnxOptions = {}): GeneratorSource {
  const { revision = "main", precision = "fp32", device = "cpu", kvMegabytes = DEFAULT_KV_MEGABYTES } = options;
  async function locate(context: OpenContext) {
    const source = await findModel(model, revision, context);
    if (source.kind === "folder") await checkFolder(source.path, precision);
    return source;
  }
  return {
    kind: "onnx",
    label: model,
    async check(context) {
      await locate(context);
    },
    async open(context) {
      const source = await locate(context);
      const { cacheDir, hubHost, onProgress } = context;
      const request = {
        source,
        precision,
        device,
        driver: readDriver(context.env?.(DRIVER)),
        cacheDir,
        ...(hubHost === undefined ? {} : { hubHost }),
        kvBytes: kvMegabytes * 2 ** 20,
      };
      const engine = new Engine();
      try {
        const facts = await engine.ask({ type: "load", request }, onProgress);
        return generatorOf(engine, facts);
      } catch (error) {
        engine.close();
        throw error;
      }
    },
  };
}

/** The setting that forces one of the drivers. */
const DRIVER = "VISUALLM_ONNX_DRIVER";

/** @throws {RangeError} naming the setting and its value */
function readDriver(text = ""): Driver {
  switch (text) {
    case "":
    case "auto":
      return "auto";
    case "native":
    case "binding":
      return text;
    default:
      throw new RangeError(`Cannot use ${DRIVER} ${JSON.stringify(text)}: it must be auto, native or binding`);
  }
}

function generatorOf(engine: Engine, facts: Generator["facts"]): Generator {
  return {
    facts,
    tokenize: (text) => engine.ask({ type: "tokenize", text }),
    async *generate({ signal, ...request }) {
      const run = await engine.ask({ type: "generate", request });
      // A model that was closed meanwhile has nothing left to cancel.
      const cancel = () => void engine.ask({ type: "cancel", run }).catch(() => {});
      if (signal?.aborted === true) cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      let isOver = false;
      try {
        for (;;) {
          const event = await engine.ask({ type: "pull", run });
          if (event === undefined) break;
          yield event;
        }
        isOver = true;
      } finally {
        signal?.removeEventListener("abort", cancel);
        if (!isOver) await endRun(engine, run);
      }
    },
    renderChat: (messages) => engine.ask({ type: "render", messages }),
    next: (request) => engine.ask({ type: "next", request }),
    score: ({ prompt, completion, top }) => engine.ask({ type: "score", prompt, completion, top }),
    close() {
      engine.close();
      return Promise.resolve();
    },
  };
}

/** Lets a run that nobody reads any more come to its end: after the cancel only its `finish` events are left. */
async function endRun(engine: Engine, run: number): Promise<void> {
  if (engine.isClosed) return;
  await engine.ask({ type: "cancel", run });
  while (await engine.ask({ type: "pull", run }) !== undefined);
}
