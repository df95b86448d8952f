/** A model of a hub, fetched into a folder of the cache once and used like any other folder from then on. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path/posix";
import * as v from "valibot";
import type { OpenContext } from "../generator.ts";
import { CHAT_TEMPLATE_FILES } from "./chat_template.ts";
import { checkSize, download, type Downloaded, HashError } from "./download.ts";
import { leavesFolder } from "./graph_check.ts";
import { readGraphFile } from "./graph_file.ts";
import { PRECISIONS, weightsFile } from "./model_folder.ts";
import type { Precision } from "./protocol.ts";
import { thrownText } from "../../lm/thrown.ts";

const HUB = "https://huggingface.co";
/** Without these there is no model. */
const NEEDED = ["config.json", "tokenizer_config.json", "tokenizer.json"];
const WELCOME = ["generation_config.json", ...CHAT_TEMPLATE_FILES];
const WEIGHTS = PRECISIONS.map(weightsFile);
const COMMIT = /^[0-9a-f]{40}$/;
/** Holds the commit that the folder's files are of. */
const COMMIT_FILE = "commit";

export interface HubModel {
  /** `org/name` */
  readonly id: string;
  readonly revision: string;
  readonly precision: Precision;
  /** File → SHA-256 that it must have. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Most bytes of all its files. */
  readonly mostBytes: number;
}

/** What a finished folder has: each file's SHA-256. */
const doneSchema = v.record(v.string(), v.string());
type Done = v.InferOutput<typeof doneSchema>;

/**
 * The model's folder. Its files are all of one commit, the one that the revision named when the first was fetched, in
 * whatever precision; a hub that names no commit is asked for the revision each time.
 * @throws {Error} naming model, file and reason; of a file that is not what its hash says nothing is left
 */
export async function hubFolder(model: HubModel, context: OpenContext): Promise<string> {
  const { id, revision, precision } = model;
  const folder = `${context.cacheDir}/models/${id}/${encodeURIComponent(revision)}`;
  const list = `${folder}/files-${precision}.json`;
  const done = await readDone(list);
  if (done === undefined || !agrees(done, model)) {
    const fetched = await new Fetching(model, folder, context).all();
    const part = `${list}.part-${crypto.randomUUID()}`; // Another process may write the same list now.
    await Deno.writeTextFile(part, JSON.stringify(fetched));
    await Deno.rename(part, list);
  }
  return await Deno.realPath(folder);
}

function agrees(done: Done, { sha256 }: HubModel): boolean {
  return Object.entries(sha256).every(([file, wanted]) => done[file] === undefined || done[file] === wanted);
}

async function readDone(path: string): Promise<Done | undefined> {
  try {
    return v.parse(doneSchema, JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new SyntaxError(`Cannot read ${path}: remove it, and the model is fetched anew`, { cause: error });
  }
}

class Fetching {
  readonly #done: Record<string, string> = {};
  #left: number;
  #revision: string;
  /** The commit of the files that were fetched before. */
  #kept: string | undefined;

  constructor(readonly model: HubModel, readonly folder: string, readonly context: OpenContext) {
    this.#left = model.mostBytes;
    this.#revision = model.revision;
  }

  async all(): Promise<Done> {
    this.#kept = await readCommit(this.folder);
    this.#revision = this.#kept ?? this.model.revision;
    const weights = weightsFile(this.model.precision);
    for (const file of NEEDED) await this.#need(file);
    for (const file of WELCOME) await this.#fetch(file);
    await this.#need(weights);
    for (const file of this.#besides(weights)) await this.#need(file);
    return this.#done;
  }

  /**
   * Weights that are too many for one file stand beside it, in files that the graph names as its exporter liked to.
   * @throws {RangeError} when one is not beside it
   */
  #besides(weights: string): ReadonlySet<string> {
    const { external } = readGraphFile(`${this.folder}/${weights}`);
    const away = external.find(({ location }) => leavesFolder(location));
    if (away === undefined) return new Set(external.map(({ location }) => join(dirname(weights), location)));
    const { tensor, location } = away;
    throw new RangeError(
      `Cannot load ${this.model.id}/${weights}: its tensor "${tensor}" is in ${JSON.stringify(location)}, ` +
        "which leads out of its folder; expected a file beside it",
    );
  }

  async #need(file: string): Promise<void> {
    if (await this.#fetch(file)) return;
    const { id, revision } = this.model;
    const where = this.#kept === undefined
      ? `revision "${revision}"`
      : `commit ${this.#kept}, which the model's files are of: remove ${this.folder} to fetch others`;
    throw new Deno.errors.NotFound(`Cannot load ${id}/${file}: the hub has no such file in ${where}`);
  }

  /** Whether there is such a file; what an earlier try has left whole is not fetched again. */
  async #fetch(file: string): Promise<boolean> {
    if (this.#done[file] !== undefined) return true;
    const { id, sha256 } = this.model;
    const path = `${this.folder}/${file}`;
    try {
      const kept = await readKept(path);
      if (kept !== undefined && (sha256[file] ?? kept.sha256) === kept.sha256) return this.#have(file, kept);
      return await this.#download(file, path);
    } catch (error) {
      const reason = thrownText(error);
      const isOther = error instanceof HashError && this.#kept !== undefined;
      const way = isOther
        ? `; the model's files are of commit ${this.#kept}: remove ${this.folder} to fetch others`
        : "";
      throw new Error(`Cannot load ${id}/${file}: ${reason}${way}`, { cause: error });
    }
  }

  async #download(file: string, path: string): Promise<boolean> {
    const { context: { hubHost = HUB, env, onProgress }, model: { id, sha256 } } = this;
    // A graph may give its files any name.
    const [revision, ...place] = [this.#revision, ...file.split("/")].map(encodeURIComponent);
    const url = new URL(`${id}/resolve/${revision}/${place.join("/")}`, hubHost.replace(/\/?$/, "/"));
    const got = await download({
      url,
      path,
      token: env?.("HF_TOKEN") || undefined,
      sha256: sha256[file],
      mostBytes: this.#left,
      onProgress: (fraction) => onProgress?.({ phase: "download", file, fraction }),
    });
    if (got === undefined) return false;
    if (got.commit !== undefined && COMMIT.test(got.commit)) await this.#pin(got.commit);
    return this.#have(file, got);
  }

  /** @throws {RangeError} when it is more than may still be had */
  #have(file: string, { sha256, bytes }: Pick<Downloaded, "sha256" | "bytes">): true {
    checkSize(bytes, this.#left);
    this.#left -= bytes;
    this.#done[file] = sha256;
    return true;
  }

  /** From now on, and after a start anew, all files are of that commit. */
  async #pin(commit: string): Promise<void> {
    if (this.#revision === commit) return;
    await Deno.writeTextFile(`${this.folder}/${COMMIT_FILE}`, commit);
    this.#revision = commit;
  }
}

/** Undefined where nothing was fetched yet, or the hub named no commit. */
async function readCommit(folder: string): Promise<string | undefined> {
  try {
    const commit = await Deno.readTextFile(`${folder}/${COMMIT_FILE}`);
    return COMMIT.test(commit) ? commit : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What an earlier try has left of a file; undefined for nothing. */
async function readKept(path: string): Promise<Pick<Downloaded, "sha256" | "bytes"> | undefined> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const piece of file.readable) {
      hash.update(piece);
      bytes += piece.length;
    }
    return { sha256: hash.digest("hex"), bytes };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** @throws {TypeError} when a hash is none, or no model has such a file */
export function checkHashes(sha256: Readonly<Record<string, string>>): void {
  for (const [file, hash] of Object.entries(sha256)) {
    if (!isModelFile(file)) {
      const names = [...NEEDED, ...WELCOME, ...WEIGHTS].join(", ");
      throw new TypeError(`Cannot use the SHA-256 of "${file}": a model has no such file; expected one of ${names}`);
    }
    if (/^[0-9a-f]{64}$/.test(hash)) continue;
    throw new TypeError(`Cannot use the SHA-256 of "${file}": expected 64 hexadecimal digits, got "${hash}"`);
  }
}

function isModelFile(file: string): boolean {
  return [...NEEDED, ...WELCOME, ...WEIGHTS].includes(file.replace(/\.onnx(_data(_[1-9]\d*)?|\.data)$/, ".onnx"));
}
