import { quote } from "../lm/quote.ts";
import type { FoundIndices, FoundRow, RowQuery } from "./row_query.ts";
import type { Statistics } from "./field_statistics.ts";

/** A line that could not be read as a sample. */
export interface RowProblem {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Number of the row that follows it; absent where that is not known. */
  readonly before?: number;
  readonly message: string;
}

/** One split: rows that can be read by number. */
export interface Dataset<Sample> {
  readonly size: number;
  /** @throws {RangeError} when `index` is outside 0 … size − 1 */
  row(index: number): Sample | Promise<Sample>;
  /** Lines left out, with the reason; the rows around them are there. */
  readonly problems: readonly RowProblem[];
  /** How many lines were left out, where `problems` holds the first of them only. */
  readonly problemCount?: number;
  /** Numbers of the rows that match, a page of them; without it, the rows are looked at one by one. */
  query?(query: RowQuery): Promise<FoundIndices>;
  /** All rows in their order, some at a time, where that is quicker than asking for each by its number. */
  scan?(): AsyncIterable<readonly FoundRow[]>;
  /** What the values of each field are like; without it, rows are looked at. */
  statistics?(): Promise<Statistics>;
  /** How its own engine is doing; absent where it has none. */
  indexState?(): IndexState;
  /** Gives back what it holds open. */
  close?(): Promise<void>;
}

/** Of an index, which answers queries; until it is there they wait. */
export type IndexState =
  /** Rows that it has by now. */
  | { readonly kind: "writing"; readonly rows: number; readonly of: number }
  | { readonly kind: "ready" }
  /** Rows are looked at one by one, and why. */
  | { readonly kind: "absent"; readonly reason: string };

/** What opening a split needs to know of the world, beside its place. */
export interface DatasetContext {
  /** Folder for downloaded files. */
  readonly cacheDir: string;
  /** Where data sets are downloaded from, `https://huggingface.co` unless told otherwise. */
  readonly hubHost?: string;
  /** Where single rows of them are served. */
  readonly rowsHost?: string;
  /** A setting of the environment; absent ones are undefined. */
  readonly env?: (name: string) => string | undefined;
  /** Whether large files get an index in the cache folder. Default: yes. */
  readonly indexes?: boolean;
  /** The size from which files do, instead of the default. */
  readonly indexedFromBytes?: number;
  /** Told how much has come of what is fetched. */
  readonly onProgress?: (progress: FetchProgress) => void;
}

/** Of all files that are fetched for a split. */
export interface FetchProgress {
  /** That have come. */
  readonly bytes: number;
  /** Of those whose length is known by now. */
  readonly of: number;
}

/** A split as a module names it: a value without side effects, opened on first use. */
export interface DatasetSource<Sample> {
  /** What the user wrote, for messages. */
  readonly label: string;
  /** @param baseUrl folder of the module's file; relative paths start here */
  open(baseUrl: URL, context?: DatasetContext): Promise<Dataset<Sample>>;
  /** Cheap look, at start-up, whether opening can work. @throws with the message to show when it cannot */
  check?(baseUrl: URL): Promise<void>;
}

/** @throws {RangeError} naming the split's size when `index` is not a row of it */
export function checkIndex(index: number, size: number): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw new RangeError(`Cannot read sample ${index}: expected a whole number from 0 to ${size - 1}`);
}

/** A split held in memory. @throws {TypeError} when `samples` is no list, as a module may be plain JavaScript */
export function rows<Sample>(samples: readonly Sample[], label = "rows"): DatasetSource<Sample> {
  if (!Array.isArray(samples)) throw new TypeError(`Cannot make rows: expected a list, got ${quote(samples)}`);
  return {
    label,
    open: () =>
      Promise.resolve({
        size: samples.length,
        problems: [],
        row(index) {
          checkIndex(index, samples.length);
          const sample = samples[index];
          if (sample === undefined) throw new RangeError(`Cannot read sample ${index}: it is undefined`);
          return sample;
        },
      }),
  };
}
