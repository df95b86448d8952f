import { cellsOf } from "./csv_cells.ts";
import { type CsvRecord, findRecords, recordsOf } from "./csv_records.ts";
import { type Dataset, type DatasetContext, type DatasetSource, type RowProblem, rows } from "./dataset.ts";
import { indexed } from "./duckdb/indexed.ts";
import { EmptyFileError } from "./empty_file.ts";
import { keptLineIndex } from "./line_index.ts";
import { decodeLine, LARGE_BYTES, readByLines } from "./lines_dataset.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { checkSource, checkText, fileState, isRemote, readBytes, readPart, sourceUrl } from "./source.ts";
import { thrownText } from "../lm/thrown.ts";

/** Most problems kept of one file. */
const PROBLEM_LIMIT = 100;

/** Where the first line is looked for. */
const HEADER_BYTES = 65_536;
const LF = 10, CR = 13;

export interface CsvOptions<Sample> {
  /** Between cells. Default: the first of tab, bar, semicolon and comma that stands in the first line. */
  readonly delimiter?: string;
  /** Checks each row, and may turn its texts into numbers. */
  readonly schema?: RowSchema<Sample>;
}

/**
 * A split in a CSV file (RFC 4180): names of the columns in its first row, then a sample a row. Every cell is text.
 *
 * Rows with another number of cells than there are columns, or that `schema` refuses, are left out and listed in
 * `problems`. Of files above 64 MB only the places of the rows are kept in memory; there such a row is one that tells so.
 * @param path relative to the module's file, or an address of the web
 */
export function csv<Sample extends object = Record<string, string>>(
  path: string,
  { delimiter, schema }: CsvOptions<Sample> = {},
): DatasetSource<Sample> {
  return {
    label: path,
    async open(baseUrl, context) {
      const url = sourceUrl(path, baseUrl);
      const isLarge = !isRemote(url) && (await fileState(url, path)).size > LARGE_BYTES;
      const dataset = isLarge
        ? await openLargeCsv(url, path, { delimiter, schema }, context)
        : await readWhole(url, path, { delimiter, schema });
      if (schema !== undefined) return dataset;
      const options = delimiter === undefined ? {} : { delimiter };
      return await indexed(dataset, [{ href: url.href, format: "csv", options }], context);
    },
    check: async (baseUrl) => await checkSource(sourceUrl(path, baseUrl), path),
  };
}

interface Reading<Sample> {
  readonly delimiter: string | undefined;
  readonly schema: RowSchema<Sample> | undefined;
}

async function readWhole<Sample extends object>(
  url: URL,
  name: string,
  { delimiter, schema }: Reading<Sample>,
): Promise<Dataset<Sample>> {
  const bytes = withLineFeeds(await readBytes(url, name));
  checkText(bytes, name);
  return await parseCsv(bytes, name, delimiter ?? delimiterOf(bytes), schema);
}

/** The rows of a CSV text; `name` is used in messages. */
async function parseCsv<Sample extends object>(
  bytes: Uint8Array,
  name: string,
  delimiter: string,
  schema: RowSchema<Sample> | undefined,
): Promise<Dataset<Sample>> {
  const [header, ...records] = recordsOf(bytes, delimiter);
  const columns = columnsOf(bytes, header, delimiter, name);
  const samples: Sample[] = [];
  const problems: RowProblem[] = [];
  for (const { start, end, line } of records) {
    try {
      samples.push(sampleOf(bytes.subarray(start, end), delimiter, columns, schema));
    } catch (error) {
      const reason = thrownText(error);
      problems.push({ line, before: samples.length, message: `Cannot read line ${line} of "${name}": ${reason}` });
    }
  }
  if (samples.length === 0) throw problems[0] === undefined ? noRows(name) : new SyntaxError(problems[0].message);
  const dataset = await rows(samples, name).open(new URL("file:///"));
  return { ...dataset, problems: problems.slice(0, PROBLEM_LIMIT), problemCount: problems.length };
}

/** A file whose rows are read one by one; a row that cannot be read tells so. */
export async function openLargeCsv<Sample extends object>(
  url: URL,
  name: string,
  { delimiter, schema }: Reading<Sample>,
  context?: DatasetContext,
): Promise<Dataset<Sample>> {
  const state = await fileState(url, name);
  const head = await readPart(url, 0, Math.min(HEADER_BYTES, state.size), state);
  checkText(head, name);
  const mark = delimiter ?? delimiterOf(head);
  const columns = columnsOf(head, recordsOf(head, mark)[0], mark, name);
  const find = () => findRecords(url, mark);
  const lines = await keptLineIndex(url, context?.cacheDir, { layout: `csv ${mark}`, find });
  if (lines.count === 0) throw noRows(name);
  return readByLines({ url, name, state }, lines, (bytes) => sampleOf(bytes, mark, columns, schema));
}

function noRows(name: string): EmptyFileError {
  return new EmptyFileError(`Cannot read "${name}": expected rows below the names of its columns`);
}

/** The names in the first record. */
function columnsOf(
  bytes: Uint8Array,
  header: CsvRecord | undefined,
  delimiter: string,
  name: string,
): readonly string[] {
  if (header === undefined) {
    throw new EmptyFileError(`Cannot read "${name}": expected the names of its columns in line 1`);
  }
  const columns = headerCells(bytes, header, delimiter, name);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new SyntaxError(`Cannot read "${name}": two of its columns are called "${twice}"`);
  return columns;
}

function headerCells(
  bytes: Uint8Array,
  { start, end, line }: CsvRecord,
  delimiter: string,
  name: string,
): readonly string[] {
  try {
    return cellsOf(withoutCr(new TextDecoder().decode(bytes.subarray(start, end))), delimiter);
  } catch (error) {
    const reason = thrownText(error);
    throw new SyntaxError(`Cannot read line ${line} of "${name}": ${reason}`);
  }
}

/** @throws {SyntaxError} for a record that is no UTF-8, or has other cells than there are columns */
function sampleOf<Sample extends object>(
  record: Uint8Array,
  delimiter: string,
  columns: readonly string[],
  schema: RowSchema<Sample> | undefined,
): Sample {
  const cells = cellsOf(withoutCr(decodeLine(record)), delimiter);
  if (cells.length !== columns.length) throw new SyntaxError(`expected ${columns.length} cells, got ${cells.length}`);
  return checkRow(Object.fromEntries(columns.map((column, index) => [column, cells[index]])), schema);
}

/** A record's line end may be CR and LF. */
function withoutCr(record: string): string {
  return record.endsWith("\r") ? record.slice(0, -1) : record;
}

function delimiterOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, HEADER_BYTES));
  const header = text.replaceAll(/"[^"]*"/g, "").split("\n").find((line) => line.trim() !== "") ?? "";
  return ["\t", "|", ";"].find((mark) => header.includes(mark)) ?? ",";
}

/** With LF at the ends of its lines, which may be CR alone in files of old. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  return bytes.includes(LF) || !bytes.includes(CR) ? bytes : bytes.map((byte) => byte === CR ? LF : byte);
}
