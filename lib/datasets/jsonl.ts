import { checkIndex, type Dataset, type DatasetContext, type DatasetSource, type RowProblem } from "./dataset.ts";
import { checkRow, type RowSchema } from "./row_schema.ts";
import { indexed } from "./duckdb/indexed.ts";
import type { FoundRow } from "./query.ts";
import { keptLineIndex, type LineIndex } from "./line_index.ts";
import { checkSource, isRemote, orNotFound, readPart, readText, sourceUrl } from "./source.ts";

/** Larger files stay on disk, and a line is read when it is looked at. */
const LARGE_BYTES = 64 * 2 ** 20;
/** Read at once when all rows are looked at. */
const SCAN_BYTES = 2 ** 20, SCAN_ROWS = 2_000;
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
      const isLarge = !isRemote(url) && (await orNotFound(Deno.stat(url), path)).size > LARGE_BYTES;
      const dataset = isLarge
        ? await openLarge(url, path, schema, context)
        : parseJsonl(await readText(url, path), path, schema);
      if (schema !== undefined) return dataset;
      return await indexed(dataset, [{ href: url.href, format: "jsonl" }], context);
    },
    async check(baseUrl) {
      await checkSource(sourceUrl(path, baseUrl), path);
    },
  };
}

/** The rows of a JSON Lines text; `name` is used in messages. */
export function parseJsonl<Sample extends object>(
  text: string,
  name: string,
  schema?: RowSchema<Sample>,
): Dataset<Sample> {
  const samples: Sample[] = [];
  const problems: RowProblem[] = [];
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    try {
      samples.push(parseRow(line, schema));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push({
        line: index + 1,
        before: samples.length,
        message: `Cannot read line ${index + 1} of "${name}": ${message}`,
      });
    }
  });
  if (samples.length === 0) {
    throw new SyntaxError(
      problems[0]?.message ?? `Cannot read "${name}": expected one JSON object a line, got no line`,
    );
  }
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
  const index = await keptLineIndex(url, context?.cacheDir);
  if (index.count === 0) throw new SyntaxError(`Cannot read "${name}": expected one JSON object a line, got no line`);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parse = (bytes: Uint8Array, place: number): Sample => {
    try {
      return parseRow(decoder.decode(bytes), schema);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SyntaxError(`Cannot read line ${index.at(place).line} of "${name}": ${reason}`);
    }
  };
  return {
    size: index.count,
    problems: [],
    async row(place) {
      checkIndex(place, index.count);
      const { start, end } = index.at(place);
      return parse(await readPart(url, start, end - start), place);
    },
    scan: () => scanLines(url, index, parse),
  };
}

/** All rows of a file, whose bytes are read in large parts. */
async function* scanLines(
  url: URL,
  index: LineIndex,
  parse: (bytes: Uint8Array, place: number) => unknown,
): AsyncGenerator<readonly FoundRow[], void, void> {
  for (let first = 0; first < index.count;) {
    const { start, end } = index.at(first);
    let next = first + 1;
    while (next < index.count && next - first < SCAN_ROWS && index.at(next).end - start <= SCAN_BYTES) next++;
    const bytes = await readPart(url, start, Math.max(end, index.at(next - 1).end) - start);
    const batch: FoundRow[] = [];
    for (let place = first; place < next; place++) {
      const line = index.at(place);
      try {
        batch.push({ index: place, row: parse(bytes.subarray(line.start - start, line.end - start), place) });
      } catch (error) {
        batch.push({ index: place, fault: error instanceof Error ? error.message : String(error) });
      }
    }
    yield batch;
    first = next;
  }
}

function parseRow<Sample extends object>(line: string, schema: RowSchema<Sample> | undefined): Sample {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`expected an object, got ${describe(value)}`);
  }
  return checkRow(value, schema);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
