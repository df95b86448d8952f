import type { FoundIndices, RowQuery } from "./query.ts";

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
}

/** What opening a split needs to know of the world, beside its place. */
export interface DatasetContext {
  /** Folder for downloaded files. */
  readonly cacheDir: string;
  /** Where data sets are downloaded from, `https://huggingface.co` unless told otherwise. */
  readonly hubHost?: string;
  /** A setting of the environment; absent ones are undefined. */
  readonly env?: (name: string) => string | undefined;
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

/** A split held in memory. */
export function rows<Sample>(samples: readonly Sample[], label = "rows"): DatasetSource<Sample> {
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
