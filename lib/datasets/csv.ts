import Papa from "papaparse";
import { type Dataset, type DatasetSource, type RowProblem, rows } from "./dataset.ts";
import { indexed } from "./duckdb/indexed.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { checkSource, type FileText, readText, sourceUrl } from "./source.ts";

/** Most problems kept of one file. */
const PROBLEM_LIMIT = 100;

/** Where the first line is looked for. */
const HEADER_CHARACTERS = 65_536;

export interface CsvOptions<Sample> {
  /** Between cells. Default: the first of tab, bar, semicolon and comma that stands in the first line. */
  readonly delimiter?: string;
  /** Checks each row, and may turn its texts into numbers. */
  readonly schema?: RowSchema<Sample>;
}

/**
 * A split in a CSV file (RFC 4180): names of the columns in its first row, then a sample a row. Every cell is text.
 *
 * Rows with another number of cells than there are columns, or that `schema` refuses, are listed in `problems`.
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
      const dataset = await parseCsv(await readText(url, path), path, delimiter, schema);
      if (schema !== undefined) return dataset;
      const options = delimiter === undefined ? {} : { delimiter };
      return await indexed(dataset, [{ href: url.href, format: "csv", options }], context);
    },
    check: async (baseUrl) => await checkSource(sourceUrl(path, baseUrl), path),
  };
}

interface Row {
  readonly cells: readonly string[];
  /** Line of the file at which it begins, from 1. */
  readonly line: number;
  readonly fault: string | undefined;
}

/** The rows of a CSV text; `name` is used in messages. */
async function parseCsv<Sample extends object>(
  file: FileText,
  name: string,
  delimiter: string | undefined,
  schema: RowSchema<Sample> | undefined,
): Promise<Dataset<Sample>> {
  const [header, ...body] = readRows(file, delimiter);
  const columns = header?.cells ?? [];
  if (columns.length === 0) throw new SyntaxError(`Cannot read "${name}": expected the names of its columns in line 1`);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new SyntaxError(`Cannot read "${name}": two of its columns are called "${twice}"`);
  const samples: Sample[] = [];
  const problems: RowProblem[] = [];
  for (const row of body) {
    try {
      samples.push(sampleOf(row, columns, schema));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `Cannot read line ${row.line} of "${name}": ${reason}`;
      problems.push({ line: row.line, before: samples.length, message });
    }
  }
  if (samples.length === 0) {
    throw new SyntaxError(
      problems[0]?.message ?? `Cannot read "${name}": expected rows below the names of its columns`,
    );
  }
  const dataset = await rows(samples, name).open(new URL("file:///"));
  return { ...dataset, problems: problems.slice(0, PROBLEM_LIMIT), problemCount: problems.length };
}

function sampleOf<Sample extends object>(
  { cells, fault }: Row,
  columns: readonly string[],
  schema: RowSchema<Sample> | undefined,
): Sample {
  if (fault !== undefined) throw new SyntaxError(fault);
  if (cells.length !== columns.length) throw new SyntaxError(`expected ${columns.length} cells, got ${cells.length}`);
  return checkRow(Object.fromEntries(columns.map((column, index) => [column, cells[index]])), schema);
}

/** Subtle: a cell may hold line ends, so lines are counted up to where the parser has come. */
function readRows({ text, broken }: FileText, delimiter = delimiterOf(text)): Row[] {
  const found: Row[] = [];
  let line = 1, at = 0;
  Papa.parse(text, {
    delimiter,
    step(
      { data, errors, meta }: { data: string[]; errors: { type: string; message: string }[]; meta: { cursor: number } },
    ) {
      const start = line;
      for (; at < meta.cursor; at++) if (text[at] === "\n") line++;
      if (data.length === 1 && data[0]?.trim() === "") return;
      const quotes = errors.find(({ type }) => type === "Quotes");
      const isBroken = lines(start, Math.max(start + 1, line)).some((each) => broken.has(each));
      found.push({
        cells: data,
        line: start,
        fault: isBroken ? "it is not valid UTF-8" : quotes?.message.toLowerCase(),
      });
    },
  });
  return found;
}

/** @example lines(3, 5) is 3 and 4 */
function lines(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function delimiterOf(text: string): string {
  const header = text.slice(0, HEADER_CHARACTERS).replaceAll(/"[^"]*"/g, "").split("\n", 1)[0] ?? "";
  return ["\t", "|", ";"].find((mark) => header.includes(mark)) ?? ",";
}
