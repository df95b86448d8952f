/** Where the lines of a large file lie, so that one is read without the others. */
import { fileURLToPath } from "node:url";
import { IndexCache } from "./index_cache.ts";

/** Bytes that are searched at a time. */
export const CHUNK_BYTES = 4 * 2 ** 20;
export const NEW_LINE = 10;
/** Lines that are kept together. */
const BLOCK_LINES = 2 ** 15;
/** Space, tab and carriage return: lines of these alone are empty. */
export const BLANKS: readonly number[] = [9, 13, 32];

export interface LineIndex {
  readonly count: number;
  /** Byte at which a line begins, and its number in the file, from 1. */
  at(index: number): { readonly start: number; readonly end: number; readonly line: number };
}

/**
 * The lines of a file as they were found before, where they are kept and the file is still the same.
 * @param layout what is looked for, where it is something else than lines
 */
export async function keptLineIndex(
  url: URL,
  cacheDir: string | undefined,
  { layout = "", find = () => indexLines(url) }: { readonly layout?: string; readonly find?: () => Promise<Lines> } =
    {},
): Promise<LineIndex> {
  const cache = cacheDir === undefined ? undefined : new IndexCache(cacheDir);
  if (cache === undefined || !cache.mayWrite()) return await find();
  const place = await cache.place([fileURLToPath(url)], "lines 3", layout);
  const kept = await cache.has(place) ? Lines.read(await Deno.readFile(place)) : undefined;
  if (kept !== undefined) return kept;
  const lines = await find();
  await cache.write(place, lines.parts());
  return lines;
}

/** Finds the lines of a file that are not empty. Takes about a second for a gigabyte, and 16 bytes a line. */
async function indexLines(url: URL): Promise<Lines> {
  using file = await Deno.open(url);
  const lines = new Lines();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let offset = 0, start = 0, line = 1, isBlank = true;
  const close = (end: number) => {
    if (!isBlank) lines.push(start, end, line);
    line++;
    start = end + 1;
    isBlank = true;
  };
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    const bytes = chunk.subarray(0, read);
    for (let at = 0; at < read;) {
      const next = bytes.indexOf(NEW_LINE, at);
      const end = next < 0 ? read : next;
      for (let place = at; isBlank && place < end; place++) isBlank = BLANKS.includes(bytes[place] ?? 0);
      if (next < 0) break;
      close(offset + next);
      at = next + 1;
    }
    offset += read;
  }
  if (start < offset) close(offset);
  return lines;
}

/** What a line takes: where it starts as a double, its length and its number as whole numbers of 32 bits. */
const LINE_BYTES = 16;
const MOST_LENGTH = 2 ** 32 - 1;

/** Lines that lie together. */
class Block {
  readonly #starts: Float64Array<ArrayBuffer>;
  readonly #lengths: Uint32Array<ArrayBuffer>;
  readonly #numbers: Uint32Array<ArrayBuffer>;

  /** @param first byte of the block in `bytes` */
  constructor(
    readonly lines: number,
    readonly bytes: ArrayBuffer = new ArrayBuffer(lines * LINE_BYTES),
    readonly first = 0,
  ) {
    this.#starts = new Float64Array(bytes, first, lines);
    this.#lengths = new Uint32Array(bytes, first + 8 * lines, lines);
    this.#numbers = new Uint32Array(bytes, first + 12 * lines, lines);
  }

  /** Subtle: a line of four gigabytes is cut, as nothing could read it anyway. */
  set(place: number, start: number, end: number, line: number): void {
    this.#starts[place] = start;
    this.#lengths[place] = Math.min(end - start, MOST_LENGTH);
    this.#numbers[place] = line;
  }

  at(place: number): { readonly start: number; readonly end: number; readonly line: number } {
    const start = this.#starts[place] ?? NaN;
    return { start, end: start + (this.#lengths[place] ?? NaN), line: this.#numbers[place] ?? NaN };
  }
}

/** The lines in blocks: a list that grows as a whole would be there twice. */
export class Lines implements LineIndex {
  count = 0;
  readonly #blocks: Block[] = [];

  /** @returns undefined for bytes that are no lines */
  static read({ buffer, length }: Uint8Array<ArrayBuffer>): Lines | undefined {
    if (length === 0 || length % LINE_BYTES !== 0) return undefined;
    const lines = new Lines();
    lines.count = length / LINE_BYTES;
    for (let first = 0; first < lines.count; first += BLOCK_LINES) {
      lines.#blocks.push(new Block(Math.min(BLOCK_LINES, lines.count - first), buffer, first * LINE_BYTES));
    }
    return lines;
  }

  push(start: number, end: number, line: number): void {
    const place = this.count++ % BLOCK_LINES;
    if (place === 0) this.#blocks.push(new Block(BLOCK_LINES));
    this.#blocks.at(-1)?.set(place, start, end, line);
  }

  at(index: number): { readonly start: number; readonly end: number; readonly line: number } {
    const block = this.#blocks[Math.floor(index / BLOCK_LINES)];
    return block?.at(index % BLOCK_LINES) ?? { start: NaN, end: NaN, line: NaN };
  }

  /** As `read` takes them. */
  parts(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#blocks.map((block, index) => {
      const lines = Math.min(BLOCK_LINES, this.count - index * BLOCK_LINES);
      const whole = lines === block.lines ? block : new Block(lines);
      for (let place = 0; whole !== block && place < lines; place++) {
        const { start, end, line } = block.at(place);
        whole.set(place, start, end, line);
      }
      return new Uint8Array(whole.bytes, whole.first, lines * LINE_BYTES);
    });
  }
}
