/** Rows of a large file that stays on disk: each is read, with its lines alone, when it is looked at. */
import { checkIndex, type Dataset } from "./dataset.ts";
import type { LineIndex } from "./line_index.ts";
import type { FoundRow } from "./row_query.ts";
import { type FileState, readPart, readPartOf, whyUnreadable } from "./source.ts";
import { thrownText } from "../lm/thrown.ts";

/** Larger files stay on disk. */
export const LARGE_BYTES = 64 * 2 ** 20;
export const NOT_UTF8 = "it is not valid UTF-8";
/** Read at once when all rows are looked at. */
const SCAN_BYTES = 2 ** 18, SCAN_ROWS = 2_000;

interface LinesFile {
  readonly url: URL;
  /** For messages. */
  readonly name: string;
  /** From before its lines were found. */
  readonly state: FileState;
}

/**
 * @param lines where each row lies
 * @param parse makes a row of its bytes; what it throws is told with file and line
 */
export function readByLines<Sample>(
  { url, name, state }: LinesFile,
  lines: LineIndex,
  parse: (bytes: Uint8Array) => Sample,
): Dataset<Sample> {
  const told = (error: unknown, place: number) => {
    const reason = whyUnreadable(error) ?? thrownText(error);
    return new SyntaxError(`Cannot read line ${lines.at(place).line} of "${name}": ${reason}`);
  };
  const parseAt = (bytes: Uint8Array, place: number): Sample => {
    try {
      return parse(bytes);
    } catch (error) {
      throw told(error, place);
    }
  };
  return {
    size: lines.count,
    problems: [],
    async row(place) {
      checkIndex(place, lines.count);
      const { start, end } = lines.at(place);
      const bytes = await readPart(url, start, end - start, state).catch((error) => {
        throw told(error, place);
      });
      return parseAt(bytes, place);
    },
    async *scan() {
      using file = await Deno.open(url);
      const read = async (place: number, start: number, bytes: Uint8Array<ArrayBuffer>) => {
        await readPartOf(file, start, bytes.length, state, bytes).catch((error) => {
          throw told(error, place);
        });
      };
      yield* scanLines(lines, read, parseAt);
    },
  };
}

/** All rows of a file, whose bytes are read in large parts; the next one is read while somebody looks at this. */
async function* scanLines(
  lines: LineIndex,
  readInto: (place: number, start: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  parse: (bytes: Uint8Array, place: number) => unknown,
): AsyncGenerator<readonly FoundRow[], void, void> {
  // Subtle: memory anew for each part would be given back much later than it is of use.
  const memory = [new Uint8Array(SCAN_BYTES), new Uint8Array(SCAN_BYTES)] as const;
  let part = 0;
  const read = async (first: number) => {
    const { start } = lines.at(first), next = endOfPart(lines, first), length = lines.at(next - 1).end - start;
    const [one, other] = memory, small = part++ % 2 === 0 ? one : other;
    const bytes = length > SCAN_BYTES ? new Uint8Array(length) : small.subarray(0, length);
    await readInto(first, start, bytes);
    return { first, next, start, bytes };
  };
  for (let reading = read(0);;) {
    const { first, next, start, bytes } = await reading;
    if (next < lines.count) reading = read(next);
    reading.catch(() => {}); // It is told when it is waited for; who stops before has no use for it.
    const batch: FoundRow[] = [];
    for (let place = first; place < next; place++) {
      const line = lines.at(place);
      try {
        batch.push({ index: place, row: parse(bytes.subarray(line.start - start, line.end - start), place) });
      } catch (error) {
        batch.push({ index: place, fault: thrownText(error) });
      }
    }
    yield batch;
    if (next === lines.count) return;
  }
}

/** The line after those that are read together with the first. */
function endOfPart(lines: LineIndex, first: number): number {
  const { start } = lines.at(first);
  let next = first + 1;
  while (next < lines.count && next - first < SCAN_ROWS && lines.at(next).end - start <= SCAN_BYTES) next++;
  return next;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws {SyntaxError} for what is no UTF-8 */
export function decodeLine(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SyntaxError(NOT_UTF8);
  }
}
