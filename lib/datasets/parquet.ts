import { checkIndex, type Dataset, type DatasetSource } from "./dataset.ts";
import { indexed } from "./duckdb/indexed.ts";
import { columnReadings, withStoredValues } from "./parquet_readings.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { checkSource, fileState, get, isRemote, readPart, sourceUrl, whyUnreadable } from "./source.ts";
import { thrownText } from "../lm/thrown.ts";

export interface ParquetOptions<Sample> {
  /** Names of the columns to read. Default: all. */
  readonly columns?: readonly string[];
  readonly schema?: RowSchema<Sample>;
}

/** Times since 1970 as texts, which hold more digits than a `Date` does. */
const TIME_PARSERS = {
  timestampFromMicroseconds: (micros: bigint) => timeText(micros, 3),
  timestampFromNanoseconds: (nanos: bigint) => timeText(nanos, 6),
};

/** A file whose parts can be read. */
interface Slices {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

/** Rows that are decoded together, and how many such parts stay in memory. */
const PART_ROWS = 1_000, KEPT_PARTS = 8;
/** Unpacked at once when all rows are looked at. */
const SCAN_BYTES = 64 * 2 ** 20, SCAN_ROWS = 2 ** 20;
/** How long a part that cannot be read is not tried again: its rows would each try it. */
const BROKEN_MS = 2_000;

/**
 * A split in a Parquet file, of which only the rows that are looked at are read; at an address of the web too, by ranges.
 *
 * 64-bit integers and decimals become numbers where these hold them exactly, else texts (but for decimals that are stored as
 * byte arrays of any length, which are always numbers); times and intervals become ISO 8601 texts, with all their digits,
 * and what is no number, or an infinite one, the text "NaN", "Infinity" or "-Infinity".
 * @param path relative to the module's file, or an address of the web
 */
export function parquet<Sample extends object = Record<string, unknown>>(
  path: string,
  { columns, schema }: ParquetOptions<Sample> = {},
): DatasetSource<Sample> {
  return {
    label: path,
    async open(baseUrl, context) {
      const url = sourceUrl(path, baseUrl);
      const file = isRemote(url) ? await remoteSlices(url, path) : await localSlices(url, path);
      const dataset = await readFile(file, path, columns, schema);
      if (schema !== undefined) return dataset;
      const options = columns === undefined ? {} : { columns };
      return await indexed(dataset, [{ href: url.href, format: "parquet", options }], context);
    },
    check: async (baseUrl) => await checkSource(sourceUrl(path, baseUrl), path),
  };
}

async function readFile<Sample extends object>(
  file: Slices,
  name: string,
  columns: readonly string[] | undefined,
  schema: RowSchema<Sample> | undefined,
): Promise<Dataset<Sample>> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const metadata = await parquetMetadataAsync(file).catch((error) => {
    throw new SyntaxError(`Cannot read "${name}": it is no Parquet file, or it is cut off (${reasonOf(error)})`);
  });
  const root = parquetSchema(metadata), names = root.children.map(({ element }) => element.name);
  const unknown = columns?.find((column) => !names.includes(column));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot read column "${unknown}" of "${name}": it has ${names.map((each) => `"${each}"`).join(", ")}`,
    );
  }
  const size = Number(metadata.num_rows), counts = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  const sum = counts.reduce((total, count) => total + count, 0);
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0) || sum !== size) {
    throw new SyntaxError(`Cannot read "${name}": it is damaged, as it tells of ${size} rows and its parts of ${sum}`);
  }
  const readings = columnReadings(root);
  const options = {
    file,
    metadata: withStoredValues(metadata),
    compressors,
    parsers: TIME_PARSERS,
    ...(columns === undefined ? {} : { columns: [...columns] }),
  };
  const parts = new DecodedParts(async (rowStart) => {
    const rowEnd = Math.min(size, rowStart + PART_ROWS);
    return await parquetReadObjects({ ...options, rowStart, rowEnd });
  });
  const fault = (index: number, error: unknown) =>
    new SyntaxError(`Cannot read row ${index} of "${name}": ${reasonOf(error)}`, { cause: error });
  const plainField = ([name, value]: [string, unknown]) => [name, plain(readings.get(name)?.(value) ?? value)];
  const sampleOf = (row: object) => checkRow(Object.fromEntries(Object.entries(row).map(plainField)), schema);
  return {
    size,
    problems: [],
    async row(index) {
      checkIndex(index, size);
      try {
        return sampleOf((await parts.read(Math.floor(index / PART_ROWS)))[index % PART_ROWS] ?? {});
      } catch (error) {
        throw fault(index, error);
      }
    },
    /** Subtle: a group of rows is unpacked as a whole for each part of it that is read, so the parts are large. */
    async *scan() {
      for (const { rowStart, rowEnd } of scanParts(metadata.row_groups)) {
        let read: readonly object[] | undefined, broken: unknown;
        try {
          read = await parquetReadObjects({ ...options, rowStart, rowEnd });
        } catch (error) {
          broken = error;
        }
        yield Array.from({ length: rowEnd - rowStart }, (_, place) => {
          const index = rowStart + place;
          try {
            if (read === undefined) throw broken;
            return { index, row: sampleOf(read[place] ?? {}) };
          } catch (error) {
            return { index, fault: fault(index, error).message };
          }
        });
      }
    },
  };
}

/** Rows that were decoded together, for whoever asks for the next of them; the last few parts stay. */
class DecodedParts {
  readonly #parts = new Map<number, Promise<readonly object[]>>();
  /** When those that cannot be read have failed. */
  readonly #failedMs = new Map<number, number>();

  /** @param decode gives the rows of a part from its first one on */
  constructor(readonly decode: (rowStart: number) => Promise<readonly object[]>) {}

  read(part: number): Promise<readonly object[]> {
    const known = this.#parts.get(part), failedMs = this.#failedMs.get(part);
    if (known !== undefined && (failedMs === undefined || performance.now() - failedMs < BROKEN_MS)) return known;
    this.#failedMs.delete(part);
    const read = this.decode(part * PART_ROWS);
    this.#parts.set(part, read);
    // Subtle: from when it failed, as a server may take long to say so. An older try says nothing of this one.
    read.catch(() => this.#parts.get(part) === read && this.#failedMs.set(part, performance.now()));
    for (const oldest of this.#parts.keys()) if (this.#parts.size > KEPT_PARTS) this.#parts.delete(oldest);
    return read;
  }
}

/** The rows of each group, of large groups in several parts. */
function* scanParts(groups: readonly { readonly num_rows: bigint; readonly total_byte_size: bigint }[]) {
  let first = 0;
  for (const group of groups) {
    const rows = Number(group.num_rows), bytes = Number(group.total_byte_size);
    const parts = Math.max(1, Math.ceil(bytes / SCAN_BYTES), Math.ceil(rows / SCAN_ROWS));
    const step = Math.max(1, Math.ceil(rows / parts));
    for (let at = 0; at < rows; at += step) {
      yield { rowStart: first + at, rowEnd: first + Math.min(rows, at + step) };
    }
    first += rows;
  }
}

/** A value as JSON could hold it. */
function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/**
 * Subtle: what no date is stays one, so that its own row tells so, and not all that are read with it.
 * @param digits after those of milliseconds, written where they are not all zero
 */
function timeText(time: bigint, digits: number): string | Date {
  const unit = 10n ** BigInt(digits), rest = ((time % unit) + unit) % unit;
  const date = new Date(Number((time - rest) / unit));
  if (Number.isNaN(date.getTime())) return date;
  const text = date.toISOString();
  return rest === 0n ? text : text.replace("Z", `${String(rest).padStart(digits, "0")}Z`);
}

async function localSlices(url: URL, name: string): Promise<Slices> {
  const state = await fileState(url, name), { size: byteLength } = state;
  return {
    byteLength,
    slice: async (start, end = byteLength) => (await readPart(url, start, end - start, state)).buffer,
  };
}

/** @throws when the server does not tell the file's length or does not send parts of it */
async function remoteSlices(url: URL, name: string): Promise<Slices> {
  const first = await get(url, name, { range: "bytes=0-0" });
  await first.body?.cancel();
  const total = /\/(\d+)$/.exec(first.headers.get("content-range") ?? "")?.[1];
  if (first.status !== 206 || total === undefined) {
    throw new Error(`Cannot open "${name}": ${url.host} does not send parts of a file, so download it first`);
  }
  const byteLength = Number(total);
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const response = await get(url, name, { range: `bytes=${start}-${end - 1}` });
      return await response.arrayBuffer();
    },
  };
}

function reasonOf(error: unknown): string {
  return whyUnreadable(error) ?? thrownText(error);
}
