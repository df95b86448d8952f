import { checkIndex, type Dataset, type DatasetContext, type DatasetSource, type RowProblem } from "./dataset.ts";
import { EmptyFileError } from "./empty_file.ts";
import { parseExactly } from "./exact_json.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { indexed } from "./duckdb/indexed.ts";
import { keptLineIndex } from "./line_index.ts";
import { decodeLine, LARGE_BYTES, NOT_UTF8, readByLines } from "./lines_dataset.ts";
import { checkSource, checkText, fileState, isRemote, readPart, readText, sourceUrl } from "./source.ts";
import { thrownText } from "../lm/thrown.ts";

/** Lists and objects inside each other; what is nested deeper could be neither shown nor searched. */
const MOST_LEVELS = 500;
/** Bytes that tell whether a file is text at all. */
const MARK_BYTES = 4;
/** Most problems kept of one file. */
const PROBLEM_LIMIT = 100;

/**
 * A split in a JSON Lines file: one object a line, empty lines ignored, with or without BOM, LF or CRLF.
 *
 * Lines that are no JSON object, or that `schema` refuses, are left out and listed in `problems`. Of files above 64 MB only
 * the places of the lines are kept in memory; there a line that cannot be read is a row that tells so.
 * @param path relative to the module's file, or an address of the web
 */
export function jsonl<Sample extends object>(path: string, schema?: RowSchema<Sample>): DatasetSource<Sample> {
  return {
    label: path,
    async open(baseUrl, context) {
      const url = sourceUrl(path, baseUrl);
      const isLarge = !isRemote(url) && (await fileState(url, path)).size > LARGE_BYTES;
      const dataset = isLarge ? await openLarge(url, path, schema, context) : await readWhole(url, path, schema);
      if (schema !== undefined) return dataset;
      return await indexed(dataset, [{ href: url.href, format: "jsonl" }], context);
    },
    async check(baseUrl) {
      await checkSource(sourceUrl(path, baseUrl), path);
    },
  };
}

async function readWhole<Sample extends object>(
  url: URL,
  name: string,
  schema: RowSchema<Sample> | undefined,
): Promise<Dataset<Sample>> {
  const { text, broken } = await readText(url, name);
  return parseJsonl(text, name, schema, broken);
}

/**
 * The rows of a JSON Lines text.
 * @param name for messages
 * @param broken numbers of lines that were not UTF-8
 */
export function parseJsonl<Sample extends object>(
  text: string,
  name: string,
  schema?: RowSchema<Sample>,
  broken: ReadonlySet<number> = new Set(),
): Dataset<Sample> {
  const samples: Sample[] = [];
  const problems: RowProblem[] = [];
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      if (broken.has(index + 1)) throw new SyntaxError(NOT_UTF8);
      samples.push(parseRow(line, schema));
    } catch (error) {
      const message = thrownText(error);
      problems.push({
        line: index + 1,
        before: samples.length,
        message: `Cannot read line ${index + 1} of "${name}": ${message}`,
      });
    }
  });
  if (samples.length === 0) throw problems[0] === undefined ? noLine(name) : new SyntaxError(problems[0].message);
  return {
    size: samples.length,
    problems: problems.slice(0, PROBLEM_LIMIT),
    problemCount: problems.length,
    row(index) {
      checkIndex(index, samples.length);
      const sample = samples[index];
      if (sample === undefined) throw new RangeError(`Cannot read sample ${index} of "${name}"`);
      return sample;
    },
  };
}

/** A file whose lines are read one by one. */
export async function openLarge<Sample extends object>(
  url: URL,
  name: string,
  schema: RowSchema<Sample> | undefined,
  context?: DatasetContext,
): Promise<Dataset<Sample>> {
  const state = await fileState(url, name);
  checkText(await readPart(url, 0, Math.min(MARK_BYTES, state.size), state), name);
  const index = await keptLineIndex(url, context?.cacheDir);
  if (index.count === 0) throw noLine(name);
  return readByLines({ url, name, state }, index, (bytes) => parseRow(decodeLine(bytes), schema));
}

function noLine(name: string): EmptyFileError {
  return new EmptyFileError(`Cannot read "${name}": expected one JSON object a line, got no line`);
}

function parseRow<Sample extends object>(line: string, schema: RowSchema<Sample> | undefined): Sample {
  const value = parseExactly(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`expected an object, got ${describe(value)}`);
  }
  if (isDeeper(value, MOST_LEVELS)) {
    throw new SyntaxError(`expected at most ${MOST_LEVELS} lists and objects inside each other`);
  }
  return checkRow(value, schema);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
