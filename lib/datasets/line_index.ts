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
  const place = await cache.place([fileURLToPath(url)], `lines 1${layout}`);
  const kept = await cache.has(place) ? Lines.read(await Deno.readFile(place)) : undefined;
  if (kept !== undefined) return kept;
  const lines = await find();
  await cache.write(place, lines.parts());
  return lines;
}

/** Finds the lines of a file that are not empty. Takes about a second for a gigabyte, and 24 bytes a line. */
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

/** Start, end and number of each line, in blocks: a list that grows as a whole would be there twice. */
export class Lines implements LineIndex {
  count = 0;
  readonly #blocks: Float64Array<ArrayBuffer>[] = [];

  /** @returns undefined for bytes that are no lines */
  static read(bytes: Uint8Array<ArrayBuffer>): Lines | undefined {
    const line = 3 * Float64Array.BYTES_PER_ELEMENT;
    if (bytes.length === 0 || bytes.length % line !== 0) return undefined;
    const lines = new Lines();
    lines.count = bytes.length / line;
    for (let first = 0; first < lines.count; first += BLOCK_LINES) {
      const length = Math.min(BLOCK_LINES, lines.count - first);
      lines.#blocks.push(new Float64Array(bytes.buffer, first * line, 3 * length));
    }
    return lines;
  }

  push(start: number, end: number, line: number): void {
    const place = this.count++ % BLOCK_LINES;
    if (place === 0) this.#blocks.push(new Float64Array(3 * BLOCK_LINES));
    this.#blocks.at(-1)?.set([start, end, line], 3 * place);
  }

  at(index: number): { readonly start: number; readonly end: number; readonly line: number } {
    const block = this.#blocks[Math.floor(index / BLOCK_LINES)], place = 3 * (index % BLOCK_LINES);
    return { start: block?.[place] ?? NaN, end: block?.[place + 1] ?? NaN, line: block?.[place + 2] ?? NaN };
  }

  /** As `read` takes them. */
  parts(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#blocks.map((block, index) => {
      const length = Math.min(BLOCK_LINES, this.count - index * BLOCK_LINES);
      return new Uint8Array(block.buffer, block.byteOffset, 3 * length * Float64Array.BYTES_PER_ELEMENT);
    });
  }
}
