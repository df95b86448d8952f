import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { csv } from "./csv.ts";
import type { Dataset, DatasetContext, DatasetSource, RowProblem } from "./dataset.ts";
import { indexed } from "./duckdb/indexed.ts";
import type { FileFormat } from "./duckdb/indexed_file.ts";
import { EmptyFileError } from "./empty_file.ts";
import { hubRefusal } from "./hub_refusal.ts";
import { hubRows } from "./hub_rows.ts";
import { filesOfSplit } from "./hub_split.ts";
import { jsonl } from "./jsonl.ts";
import { joined } from "./joined.ts";
import { keepFile } from "./keep_file.ts";
import { parquet } from "./parquet.ts";
import type { RowSchema } from "./row_schema.ts";
import { fetchSoon } from "./source.ts";
import { thrownText } from "../lm/thrown.ts";

export interface HubDatasetOptions<Sample> {
  /** Branch, tag or commit. Pin a commit to get the same rows for ever. Default: `main`. */
  readonly revision?: string;
  /** A file of the repository. Default: every data file of `split` and `config`, one after the other. */
  readonly file?: string;
  /** Default: `train`. */
  readonly split?: string;
  /** The part of the data set, where it has several: of files, the folder that they stand in. Default: `default`. */
  readonly config?: string;
  /**
   * `files` are fetched once and kept; `rows` come from the Hub's rows API a page at a time, of the newest commit alone.
   * Default: files, or rows where the cache folder cannot be written.
   */
  readonly from?: "files" | "rows";
  readonly schema?: RowSchema<Sample>;
}

const HUB = "https://huggingface.co";
const CACHE = ".cache";
/** Files that are being fetched, by their place: whoever else wants one waits for it. */
const fetching = new Map<string, Promise<void>>();
const DATA_FILE = /\.(jsonl|ndjson|csv|tsv|parquet)$/;

/**
 * A split of a data set on the Hugging Face Hub. Its files are fetched into the cache folder when it is first opened, or
 * its rows when they are looked at.
 * `HF_TOKEN` of the environment opens private ones.
 * @param id `org/name`
 */
export function hubDataset<Sample extends object = Record<string, unknown>>(
  id: string,
  options: HubDatasetOptions<Sample> = {},
): DatasetSource<Sample> {
  const { revision = "main", split = "train", config, file, schema, from } = options;
  if (!/^[\w.-]+\/[\w.-]+$/.test(id) || id.includes("..")) {
    throw new TypeError(`Cannot use "${id}" as a data set of the Hub: expected org/name`);
  }
  if (file !== undefined && config !== undefined) {
    throw new TypeError(`Cannot use config "${config}" of ${id} with file "${file}": name one of them`);
  }
  return {
    label: `${id} ${file ?? split}`,
    async open(_baseUrl, context) {
      if (from === "rows" || (from === undefined && file === undefined && !await canKeep(context))) {
        return await hubRows<Sample>({ id, revision, config: config ?? "default", split, schema }, context);
      }
      const repository = new Repository(id, revision, context);
      const files = file === undefined ? filesOfSplit(await repository.dataFiles(), { id, split, config }) : [file];
      const progress = new FetchedBytes(context?.onProgress);
      await Promise.all(files.map((each) => repository.keep(each, progress)));
      const inParts = { ...context, cacheDir: context?.cacheDir ?? CACHE, indexes: false };
      const { folder } = repository;
      const opened = await Promise.all(files.map((each) => openPart<Sample>(each, folder, schema, inParts)));
      const parts = opened.flatMap((part) => part instanceof EmptyFileError ? [] : [part]);
      const empty = opened.flatMap((part) => part instanceof EmptyFileError ? [part] : []);
      if (parts.length === 0 && empty[0] !== undefined) throw empty[0];
      const whole = withProblems(joined(parts.map(({ dataset }) => dataset)), empty);
      if (schema !== undefined) return whole;
      const places = parts.map(({ path }) => ({ href: new URL(relativeUrl(path), folder).href, ...formatOf(path) }));
      return await indexed(whole, places, context);
    },
  };
}

/** Whether files may be kept; on Deno Deploy and with `start:remote` they may not. */
async function canKeep(context: DatasetContext | undefined): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "write", path: context?.cacheDir ?? CACHE });
  return state === "granted";
}

/** @returns the error of a file that has no rows, as the other files of its split may have some */
async function openPart<Sample extends object>(
  path: string,
  folder: URL,
  schema: RowSchema<Sample> | undefined,
  context: DatasetContext,
): Promise<{ readonly path: string; readonly dataset: Dataset<Sample> } | EmptyFileError> {
  const { size } = await Deno.stat(new URL(relativeUrl(path), folder));
  if (size === 0) return new EmptyFileError(`Cannot read "${relativeUrl(path)}": it is empty`);
  try {
    return { path, dataset: await openFile(path, folder, schema, context) };
  } catch (error) {
    if (error instanceof EmptyFileError) return error;
    throw error;
  }
}

/** Files without rows are told as lines that cannot be read are. */
function withProblems<Sample>(dataset: Dataset<Sample>, empty: readonly EmptyFileError[]): Dataset<Sample> {
  const { problems, problemCount = problems.length } = dataset;
  const left = empty.map(({ message }): RowProblem => ({ line: 1, message }));
  return { ...dataset, problems: [...left, ...problems], problemCount: left.length + problemCount };
}

/** What has come of all files of a split. */
class FetchedBytes {
  #bytes = 0;
  #of = 0;

  constructor(readonly onProgress: DatasetContext["onProgress"]) {}

  expect(bytes: number): void {
    this.#of += bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.onProgress?.({ bytes: this.#bytes, of: this.#of });
  }
}

/** Subtle: a reader's messages name what it was given, and the folder on this machine is nobody's business. */
function openFile<Sample extends object>(
  path: string,
  folder: URL,
  schema: RowSchema<Sample> | undefined,
  context: DatasetContext,
): Promise<Dataset<Sample>> {
  const options = schema === undefined ? {} : { schema }, file = relativeUrl(path);
  switch (formatOf(path).format) {
    case "parquet":
      return parquet<Sample>(file, options).open(folder, context);
    case "csv":
      return csv<Sample>(file, options).open(folder, context);
    case "jsonl":
      return jsonl<Sample>(file, schema).open(folder, context);
  }
}

/** A path inside a repository as the part of an address. @example relativeUrl("a/50%.csv") is "./a/50%25.csv" */
function relativeUrl(path: string): string {
  return `./${path.split("/").map(encodeURIComponent).join("/")}`;
}

function formatOf(path: string): FileFormat {
  const kind = DATA_FILE.exec(path)?.[1];
  if (kind === "parquet") return { format: kind, options: {} };
  if (kind === "csv" || kind === "tsv") return { format: "csv", options: {} };
  if (kind !== undefined) return { format: "jsonl" };
  throw new TypeError(`Cannot read "${path.split("/").at(-1)}": expected JSONL, CSV, TSV or Parquet`);
}

/** A data set's repository at one revision, and the folder that its files are kept in. */
class Repository {
  /** Where its files are kept. */
  readonly folder: URL;
  readonly #access: {
    hubUrl: string;
    accessToken?: string;
    revision: string;
    repo: { type: "dataset"; name: string };
    fetch: typeof fetch;
  };

  constructor(readonly id: string, revision: string, context: DatasetContext | undefined) {
    const { cacheDir = CACHE, hubHost = HUB, env } = context ?? {};
    const accessToken = env?.("HF_TOKEN") || undefined;
    this.folder = pathToFileURL(`${resolve(cacheDir, "datasets", id, encodeURIComponent(revision))}/`);
    this.#access = {
      hubUrl: hubHost.replace(/\/$/, ""),
      revision,
      repo: { type: "dataset", name: id },
      fetch: fetchSoon,
      ...(accessToken === undefined ? {} : { accessToken }),
    };
  }

  /** All data files, by name. */
  async dataFiles(): Promise<readonly string[]> {
    const { listFiles } = await import("@huggingface/hub");
    return await this.#asking(async () => {
      const names: string[] = [];
      for await (const { type, path } of listFiles({ ...this.#access, recursive: true })) {
        if (type === "file" && DATA_FILE.test(path)) names.push(path);
      }
      return names.sort();
    });
  }

  /** Fetches a file into its folder if it is not there. Subtle: it gets its name when it is whole. */
  async keep(path: string, progress: FetchedBytes): Promise<void> {
    if (path.split("/").includes("..")) {
      throw new TypeError(`Cannot fetch "${path}": expected a path inside ${this.id}`);
    }
    const place = new URL(relativeUrl(path), this.folder);
    // Subtle: a second try may begin while the first still fetches other files; two that write one file would spoil it.
    const begun = fetching.get(place.href) ??
      this.#download(path, place, progress).finally(() => fetching.delete(place.href));
    fetching.set(place.href, begun);
    await begun;
  }

  async #download(path: string, place: URL, progress: FetchedBytes): Promise<void> {
    if (await Deno.stat(place).then(() => true, () => false)) return;
    const { downloadFile } = await import("@huggingface/hub");
    const blob = await this.#asking(() => downloadFile({ ...this.#access, path }));
    if (blob === null) throw new Deno.errors.NotFound(`Cannot fetch "${path}": ${this.id} has no such file`);
    progress.expect(blob.size);
    try {
      const onBytes = (bytes: number) => progress.add(bytes);
      await keepFile(place, { bytes: blob.size, stream: blob.stream(), onBytes });
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      throw new Error(`Cannot fetch "${path}" of ${this.id}: ${error.message}`, { cause: error });
    }
  }

  async #asking<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    const { host } = new URL(this.#access.hubUrl);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new Error(`Cannot open ${this.id}: add "${host}" to "net" of the task's permissions in deno.json`, {
          cause: error,
        });
      }
      const status: unknown = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
      const reason = typeof status === "number"
        ? this.#refusal(status, host)
        : `${host} cannot be reached (${thrownText(error)})`;
      throw new Error(`Cannot open ${this.id}: ${reason}`, { cause: error });
    }
  }

  #refusal(status: number, host: string): string {
    const { revision, accessToken } = this.#access;
    if (status === 404) return `the Hub has no such data set, or no revision "${revision}" of it`;
    return hubRefusal(status, accessToken !== undefined) ?? `${host} answers ${status}`;
  }
}
