/** Finds a model's folder and checks its files before anything native reads them. */
import * as v from "valibot";
import type { OpenContext } from "../generator.ts";
import { checkGraph } from "./graph_check.ts";
import type { GraphFile } from "./graph_file.ts";
import type { Precision } from "./protocol.ts";
import { thrownText } from "../../lm/thrown.ts";

/** Precision → end of the file name, as exports in hub layout use it. */
const FILE_SUFFIX: Readonly<Record<Precision, string>> = {
  fp32: "",
  fp16: "_fp16",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  q4f16: "_q4f16",
  bnb4: "_bnb4",
};
export const PRECISIONS = ["fp32", "fp16", "q8", "int8", "uint8", "q4", "q4f16", "bnb4"] as const satisfies Precision[];

const HUB_ID = /^[\w.-]{1,96}\/[\w.-]{1,96}$/;

/** Subtle: said here, since a schema's own message does not show when its field is missing. */
const MUST_BE: Readonly<Record<string, string>> = {
  model_type: "must be the name of an architecture",
  vocab_size: "must be a number",
};

/** Subtle: Python writes a field that was left open as null, which here is as if it were absent. */
const optionalNumber = v.nullish(v.number(), () => undefined);

const ropeSchema = v.nullish(v.looseObject({
  type: v.nullish(v.string()),
  rope_type: v.nullish(v.string()),
  original_max_position_embeddings: optionalNumber,
}));

/** What the engine reads of `config.json`; other fields are the architecture's own. */
const configSchema = v.looseObject({
  model_type: v.string(),
  vocab_size: v.number(),
  n_positions: optionalNumber,
  max_position_embeddings: optionalNumber,
  original_max_position_embeddings: optionalNumber,
  rope_scaling: ropeSchema,
  rope_parameters: ropeSchema,
  eos_token_id: v.nullish(v.union([v.number(), v.array(v.number())])),
  num_attention_heads: optionalNumber,
  num_key_value_heads: optionalNumber,
  head_dim: optionalNumber,
  hidden_size: optionalNumber,
  n_head: optionalNumber,
  n_embd: optionalNumber,
});
export type ModelConfig = v.InferOutput<typeof configSchema>;
type EndIds = Pick<ModelConfig, "eos_token_id">;

/** Where a model is: in a folder, or on a hub. */
type ModelPlace =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "hub"; readonly id: string; readonly revision: string };

/**
 * A name is a folder beside the module, or where the app was started, or one above; what is no folder is a hub id.
 * @throws {Deno.errors.NotFound} naming each place that was tried
 * @throws {TypeError} where the app may look at none of the places, or not at what a link there leads to
 */
export async function findModel(name: string, revision: string, context: OpenContext): Promise<ModelPlace> {
  const bases = [context.baseUrl, context.rootUrl];
  // One whole path is the same wherever it starts.
  const places = [...new Set(bases.map((base) => toPath(new URL(`${name.replace(/\/$/, "")}`, base))))];
  const refused: string[] = [];
  for (const place of places) {
    const found = await lookAt(place);
    if (found === "refused") refused.push(place);
    if (found !== "folder") continue;
    const path = await Deno.realPath(place);
    // Subtle: a link may be read, but not what it leads to by its own name, which is the one that is used.
    if (await lookAt(path) === "refused") throw unreadable(name, path);
    return { kind: "folder", path };
  }
  const [first] = refused;
  if (first !== undefined && refused.length === places.length) throw unreadable(name, first);
  const isPath = /^(\.{0,2}\/|file:)/.test(name);
  if (isPath || !HUB_ID.test(name) || await hasSibling(places)) {
    const tried = places.map((place) => refused.includes(place) ? `${place}, which the app may not read` : place);
    throw new Deno.errors.NotFound(`Cannot find the model "${name}": there is no folder ${tried.join(", nor ")}`);
  }
  return { kind: "hub", id: name, revision };
}

async function lookAt(path: string): Promise<"folder" | "nothing" | "refused"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "nothing";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? "refused" : "nothing";
  }
}

function unreadable(name: string, path: string): TypeError {
  return new TypeError(
    `Cannot read the model "${name}": the app may read its own folder only; ` +
      `add "${path}" to "read" of the task's permissions in deno.json`,
  );
}

/** Subtle: "models/demo" has the shape of a hub id; a `models` folder beside it says that a folder was meant. */
async function hasSibling(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await isFolder(path.replace(/\/[^/]+$/, ""))) return true;
  return false;
}

/** @throws {Error} naming the file, what is wrong with it, and what was expected */
export async function checkFolder(path: string, precision: Precision): Promise<void> {
  await checkTokenizer(path, precision, await checkModel(path, precision));
}

/** Looks at what the runtime is given, before it is. @throws {Error} as `checkFolder` */
export async function checkModel(path: string, precision: Precision): Promise<GraphFile> {
  contextWindow(await readConfig(path), `${path}/config.json`);
  await checkWeights(path, precision);
  return await checkGraph({ folder: path, file: weightsFile(precision) });
}

/** Looks at the tokenizer, and whether the graph has logits for all of it. @throws {Error} as `checkFolder` */
export async function checkTokenizer(path: string, precision: Precision, { logitsWidth }: GraphFile): Promise<void> {
  const tokenizer = await readJson(path, "tokenizer.json");
  if (!isObject(tokenizer) || !isObject(tokenizer.model)) {
    throw new SyntaxError(`Cannot use ${path}/tokenizer.json: expected an object with a "model"`);
  }
  if (!isObject(await readJson(path, "tokenizer_config.json"))) {
    throw new SyntaxError(`Cannot use ${path}/tokenizer_config.json: expected an object`);
  }
  if (logitsWidth === undefined) return;
  const tokens = countTokens(tokenizer, logitsWidth);
  if (logitsWidth >= tokens) return;
  throw new TypeError(
    `Cannot use ${path}/${
      weightsFile(precision)
    }: it gives ${logitsWidth} logits, but its tokenizer has ${tokens} tokens (${path}/tokenizer.json)`,
  );
}

/**
 * Ids of a tokenizer's vocabulary and of what was added to it, without what was added beyond the logits, as
 * `Tokenizer.sizeWithin` has it; 0 where the file is written in a way that does not tell.
 */
function countTokens({ model, added_tokens: added }: Readonly<Record<string, unknown>>, logits: number): number {
  const vocabulary = isObject(model) ? model.vocab : undefined;
  if (Array.isArray(vocabulary)) return vocabulary.length;
  if (!isObject(vocabulary)) return 0;
  const ids = new Set(Object.values(vocabulary));
  for (const token of Array.isArray(added) ? added : []) {
    if (!isObject(token)) continue;
    if (typeof token.id === "number" && token.id >= logits) ids.delete(token.id);
    else ids.add(token.id);
  }
  return ids.size;
}

export async function readConfig(path: string): Promise<ModelConfig> {
  return parseConfig(await readJson(path, "config.json"), `${path}/config.json`);
}

export function parseConfig(value: unknown, file: string): ModelConfig {
  const parsed = v.safeParse(configSchema, value);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = v.getDotPath(issue);
  if (field === null) throw new SyntaxError(`Cannot use ${file}: expected an object`);
  throw new SyntaxError(`Cannot use ${file}: field "${field}" ${MUST_BE[field] ?? issue.message}`);
}

/** Ids that end a completion, from `generation_config.json` when it names them. */
export async function readEndIds(path: string, config: EndIds): Promise<readonly number[]> {
  const isThere = await isFile(`${path}/generation_config.json`);
  return endIdsOf(isThere ? await readJson(path, "generation_config.json") : undefined, config);
}

export function endIdsOf(generationConfig: unknown, config: EndIds): readonly number[] {
  const own = isObject(generationConfig) ? generationConfig.eos_token_id : undefined;
  const named = own ?? config.eos_token_id;
  return (Array.isArray(named) ? named : [named]).filter((id) => typeof id === "number");
}

/**
 * Most tokens of prompt and completion together, as the architecture names it.
 * Subtle: LongRoPE turns all keys by other factors once a text is longer than the model was first trained on. Keys that are
 * kept would not be turned again, so no text gets that long.
 */
export function contextWindow(config: ModelConfig, file = "config.json"): number {
  const window = namedWindow(config);
  if (window !== undefined) return Math.min(window, longRopeLimit(config) ?? window);
  throw new SyntaxError(`Cannot use ${file}: expected "n_positions" or "max_position_embeddings"`);
}

/** Why the model's window is shorter than the config says; undefined where it is not. */
export function windowNote(config: ModelConfig, window: number): string | undefined {
  const named = namedWindow(config);
  if (named === undefined || window >= named) return undefined;
  const reason = window < contextWindow(config)
    ? "its graph's caches have a fixed size"
    : "a longer text is read by other factors of LongRoPE, which the keys that are kept do not have";
  return `its window ends at ${window} of ${named} tokens: ${reason}`;
}

function namedWindow({ n_positions, max_position_embeddings }: ModelConfig): number | undefined {
  return n_positions ?? max_position_embeddings;
}

/** Up to how many tokens a model with LongRoPE keeps to its first factors; undefined for others. */
function longRopeLimit(config: ModelConfig): number | undefined {
  const rope = config.rope_scaling ?? config.rope_parameters;
  const type = rope?.rope_type ?? rope?.type;
  // Its first release called it "su".
  if (type !== "longrope" && type !== "su") return undefined;
  return rope?.original_max_position_embeddings ?? config.original_max_position_embeddings;
}

export function weightsFile(precision: Precision): string {
  return `onnx/model${FILE_SUFFIX[precision]}.onnx`;
}

async function checkWeights(path: string, precision: Precision): Promise<void> {
  const file = `${path}/${weightsFile(precision)}`;
  if (!await isFile(file)) {
    const hint = await misplacedHint(path, precision);
    throw new Deno.errors.NotFound(
      `Cannot load ${file}: no such file; expected the model's export in ${precision}${hint}`,
    );
  }
  const real = await Deno.realPath(file);
  if (!real.startsWith(`${path}/`)) throw new RangeError(`Cannot load ${file}: it lies outside of the model's folder`);
  const { size } = await Deno.stat(file);
  if (size === 0) throw new SyntaxError(`Cannot load ${file}: the file is empty`);
}

/** What to do with a graph of that precision that lies elsewhere in the folder; empty where there is none. */
async function misplacedHint(path: string, precision: Precision): Promise<string> {
  const older = `${path}/onnx/decoder_model_merged${FILE_SUFFIX[precision]}.onnx`;
  if (await isFile(older)) {
    return `; ${older} is of an older export: export the model again with the task text-generation-with-past`;
  }
  // Where exporters of a command line put it.
  const graph = `model${FILE_SUFFIX[precision]}.onnx`;
  if (!await isFile(`${path}/${graph}`)) return "";
  const weights: string[] = [];
  for (const end of ["_data", ".data"]) if (await isFile(`${path}/${graph}${end}`)) weights.push(graph + end);
  return `; ${[`${path}/${graph} is there: move it into onnx/`, ...weights].join(", with ")}`;
}

async function readJson(path: string, name: string): Promise<unknown> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${path}/${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Deno.errors.NotFound(`Cannot load ${path}/${name}: no such file`);
    }
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = thrownText(error);
    throw new SyntaxError(`Cannot read ${path}/${name}: it is not valid JSON (${reason})`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function toPath(url: URL): string {
  return decodeURIComponent(url.pathname).replace(/\/$/, "");
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
