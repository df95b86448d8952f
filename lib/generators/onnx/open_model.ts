/** Loads tokenizer, config and session. */
import type { GeneratorFacts, LoadProgress } from "../generator.ts";
import { BindingModel, type BindingOptions, type RuntimeSession } from "./binding/binding_model.ts";
import { NATIVE_ALONE, openOnDevice, pickDevice, type WorkingDevice } from "./device.ts";
import { contextWindow, type ModelConfig, readConfig, readEndIds, weightsFile, windowNote } from "./model_folder.ts";
import { checkFixedDevice } from "./fixed_cache.ts";
import { readGraphFile } from "./graph_file.ts";
import { folderName, Libraries, type Modules, naming } from "./libraries.ts";
import { openNative } from "./native/open_native.ts";
import { fixedSize, type OnnxModel } from "./onnx_model.ts";
import { comparisonNote, precisionName, readComparison } from "./precision.ts";
import type { LoadRequest } from "./protocol.ts";
import type { Driver } from "./settings.ts";
import { thrownText } from "../../lm/thrown.ts";

/** Spinning threads starve the page server on a shared machine; shapes vary, so planned memory only grows. */
const SESSION_OPTIONS = {
  enableMemPattern: false,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

export interface Opened {
  readonly model: OnnxModel;
  readonly facts: GeneratorFacts;
}

/**
 * @param signal gives it up
 * @throws {Error} naming the file or the device at fault, with the runtime's own message; or the signal's reason
 */
export async function openModel(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<Opened> {
  signal.throwIfAborted();
  onProgress({ phase: "load" });
  // The native runtime reports usage on its own unless told not to before it starts.
  Deno.env.set("ORT_DISABLE_TELEMETRY", "1");
  const libraries = new Libraries(request.path);
  try {
    const opened = await openWith({ request, libraries, signal });
    onProgress({ phase: "ready" });
    return opened;
  } finally {
    // Subtle: where opening fails they may still be on their way, and the thread must not end before they are there.
    await libraries.settled();
  }
}

async function openWith(starting: Omit<Opening, "device">): Promise<Opened> {
  const { request, libraries } = starting, { path, precision, device: wanted } = request;
  // Subtle: whatever may be wrong with a file is found before there is a model that would have to be closed.
  const comparison = await readComparison(path, precision);
  const described = {
    precision: precisionName(readGraphFile(`${path}/${weightsFile(precision)}`), precision),
    ...(comparison === undefined ? {} : { precisionNote: comparisonNote(comparison) }),
  };
  const picked = wanted === "cpu"
    ? wanted
    : await pickDevice(wanted, (await libraries.modules()).runtime.InferenceSession, request.settings.driver);
  const { opened, device, notes } = await openOnDevice(
    { wanted, device: picked, signal: starting.signal },
    (device) => openFolder({ ...starting, device }),
  );
  const { model, driver } = opened;
  const facts = {
    ...described,
    device,
    driver,
    vocabularySize: model.vocabularySize,
    contextWindow: model.contextWindow,
    notes: [...notes, ...opened.notes, ...aloneNotes(model)],
  };
  return { model, facts };
}

function aloneNotes({ alone }: OnnxModel): readonly string[] {
  return alone === undefined ? [] : [`runs take their passes one after the other: ${alone}`];
}

/** What both drivers start from. */
interface Opening {
  readonly request: LoadRequest;
  readonly libraries: Libraries;
  readonly device: WorkingDevice;
  readonly signal: AbortSignal;
}

interface Driven {
  readonly model: OnnxModel;
  readonly driver: Exclude<Driver, "auto">;
  readonly notes: readonly string[];
}

/** A folder's graph is opened once, by the driver that is wanted and works. */
async function openFolder(opening: Opening): Promise<Driven> {
  const { request: { path } } = opening;
  const config = await readConfig(path);
  const endIds = await readEndIds(path, config);
  const native = await tryNative(opening, `${path}/${weightsFile(opening.request.precision)}`, config, endIds);
  const opened = "model" in native ? native : await openPortable(opening, config, endIds);
  const note = windowNote(config, opened.model.contextWindow);
  return { ...opened, notes: [...(note === undefined ? [] : [note]), ...native.notes] };
}

async function openPortable(
  opening: Opening,
  config: ModelConfig,
  endIds: readonly number[],
): Promise<Omit<Driven, "notes">> {
  opening.signal.throwIfAborted();
  const { sessions } = await loadBinding(opening);
  const file = `${opening.request.path}/${weightsFile(opening.request.precision)}`;
  const model = await naming(file, () => openBinding(opening, file, sessions, config, endIds));
  return { model, driver: "binding" };
}

/** @throws {Error} when the native driver does not work, and is asked for by name or is the only one on that device */
async function tryNative(
  { request: { settings, cacheDir }, device, libraries, signal }: Opening,
  path: string,
  config: ModelConfig,
  endIds: readonly number[],
): Promise<Driven | { readonly notes: readonly string[] }> {
  const { driver, kvBytes, threads, keepsOptimized } = settings;
  const isOnlyWay = NATIVE_ALONE.includes(device);
  if (driver === "binding") {
    if (isOnlyWay) throw new Error(`Cannot use the portable driver: it runs on cpu and cuda, not on ${device}`);
    return { notes: [] };
  }
  const vocabularySize = config.vocab_size;
  try {
    const source = {
      path,
      device,
      vocabularySize,
      loadTokenizer: () => libraries.tokenizer(),
      endIds: new Set(endIds),
      contextWindow: contextWindow(config),
      kvBytes,
      threads,
      cacheDir,
      keepsOptimized,
      signal,
    };
    return { ...await openNative(source), driver: "native" };
  } catch (error) {
    signal.throwIfAborted();
    // Subtle: a tokenizer that cannot be loaded is no fault of the driver's, and is told as it is.
    await libraries.tokenizer();
    const reason = thrownText(error);
    if (driver === "native" || isOnlyWay) {
      throw new Error(`Cannot use ${path} by the native driver: ${reason}`, { cause: error });
    }
    return { notes: [`the portable driver runs it, since the native one cannot: ${reason}`] };
  }
}

async function loadBinding({ libraries, device, request: { path, precision, settings } }: Opening) {
  const { AutoModelForCausalLM } = (await libraries.modules()).transformers;
  return await naming(
    `${path}/${weightsFile(precision)}`,
    () =>
      AutoModelForCausalLM.from_pretrained(folderName(path), {
        dtype: precision,
        device: device as "cpu", // One of the library's names, which `pickDevice` chose from.
        session_options: {
          ...SESSION_OPTIONS,
          ...(settings.threads === 0 ? {} : { intraOpNumThreads: settings.threads }),
        },
      }),
  );
}

async function openBinding(
  { libraries, device, request: { settings: { kvBytes } } }: Opening,
  file: string,
  sessions: Readonly<Record<string, unknown>>,
  config: ModelConfig,
  endIds: readonly number[],
): Promise<BindingModel> {
  const session = requireSession(sessions);
  try {
    const shape = kvShape(session, config);
    if (shape.fixedLength !== undefined) checkFixedDevice(device, readGraphFile(file).operators);
    const { runtime } = await libraries.modules();
    return await BindingModel.open({
      session,
      makeTensor: (type, data, dims) => makeTensor(runtime, type, data, dims),
      tokenizer: await libraries.tokenizer(),
      endIds: new Set(endIds),
      ...shape,
      kvBytes,
    });
  } catch (error) {
    await session.release();
    throw error;
  }
}

function makeTensor(
  { Tensor }: Modules["runtime"],
  type: "int64" | "float32",
  data: BigInt64Array | Float32Array,
  dims: readonly number[],
) {
  return type === "int64" && data instanceof BigInt64Array
    ? new Tensor("int64", data, [...dims])
    : new Tensor("float32", data as Float32Array, [...dims]); // The two types come with their arrays.
}

/** The session of a decoder; other architectures have several graphs, and older exports of one call it otherwise. */
function requireSession(sessions: Readonly<Record<string, unknown>>): RuntimeSession {
  const session = sessions.model;
  if (isSession(session)) return session;
  throw new TypeError(
    `Cannot use the model: expected a decoder-only export with one graph, got ${Object.keys(sessions).join(", ")}`,
  );
}

function isSession(value: unknown): value is RuntimeSession {
  return typeof value === "object" && value !== null && "run" in value && "inputNames" in value;
}

/** Heads, width and positions of keys and values: as the graph's inputs say, else as the config does. */
function kvShape(
  session: RuntimeSession,
  config: ModelConfig,
): Pick<BindingOptions, "kvHeads" | "headWidth" | "fixedLength" | "contextWindow"> {
  const input = session.inputMetadata?.find(({ name }) => name.startsWith("past_key_values."));
  const [, heads, length, width] = input?.shape ?? [], fixedLength = fixedSize(length);
  const allHeads = config.num_attention_heads ?? config.n_head;
  const hidden = config.hidden_size ?? config.n_embd;
  const kvHeads = typeof heads === "number" ? heads : config.num_key_value_heads ?? allHeads;
  const fallback = hidden === undefined || allHeads === undefined ? undefined : hidden / allHeads;
  const headWidth = typeof width === "number" ? width : config.head_dim ?? fallback;
  const window = Math.min(contextWindow(config), fixedLength ?? Infinity);
  if (kvHeads !== undefined && headWidth !== undefined) {
    return { kvHeads, headWidth, fixedLength, contextWindow: window };
  }
  throw new TypeError("Cannot use the model: neither its graph nor its config tells heads and width of its attention");
}
