/** Where the records of a CSV file (RFC 4180) lie: a cell in quotes may hold line ends. */
import { BLANKS, CHUNK_BYTES, Lines, NEW_LINE } from "./line_index.ts";

const QUOTE = 34;
const BOM = [0xef, 0xbb, 0xbf];

/** Bytes at which it begins and ends, and the number of its first line, from 1. */
export interface CsvRecord {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** The records of a text but those that are empty. */
export function recordsOf(bytes: Uint8Array, delimiter: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [], start = afterBom(bytes);
  const scanner = new RecordScanner(delimiter, start, (record) => records.push(record));
  for (let at: number | undefined = start; at !== undefined;) {
    at = at < bytes.length ? scanner.scan(bytes.subarray(at)) : scanner.end();
  }
  return records;
}

/** Those of a file without the first, which names its columns. Takes some seconds for a gigabyte. */
export async function findRecords(url: URL, delimiter: string): Promise<Lines> {
  using file = await Deno.open(url);
  const lines = new Lines(), chunk = new Uint8Array(CHUNK_BYTES);
  const start = afterBom(chunk.subarray(0, await file.read(chunk) ?? 0));
  let isHeader = true;
  const scanner = new RecordScanner(delimiter, start, ({ start, end, line }) => {
    if (!isHeader) lines.push(start, end, line);
    isHeader = false;
  });
  let first = 0, read: number | null = 0;
  for (let at: number | undefined = start; at !== undefined;) {
    // Subtle: what is scanned again mostly stands in the part that was read last.
    if (at < first || at >= first + (read ?? 0)) {
      file.seekSync(first = at, Deno.SeekMode.Start);
      read = await file.read(chunk);
    }
    at = read === null ? scanner.end() : scanner.scan(chunk.subarray(at - first, read));
  }
  return lines;
}

function afterBom(bytes: Uint8Array): number {
  return BOM.every((byte, at) => bytes[at] === byte) ? BOM.length : 0;
}

/** Where in a record: after spaces that follow a closing quote nothing is known yet, and after a stray quote all is. */
type Place = "cell" | "quoted" | "after quote" | "after spaces" | "broken";

/**
 * Finds records part by part. Quotes that are not doubled, or that nothing closes, spoil one line and no more: where a record
 * of several lines turns out to be none, its first line is one by itself, and the scan goes on from the second.
 */
class RecordScanner {
  #place: Place = "cell";
  /** Of the record, and of what was scanned. */
  #start: number;
  #offset: number;
  #line = 1;
  #firstLine = 1;
  #isBlank = true;
  /** Of a record of several lines. */
  #firstLineEnd: number | undefined;
  /** Before what is scanned now. */
  #last = 0;
  /** Bytes that were scanned again. */
  #bytesAgain = 0;
  /** Before it each line is a record. */
  #linesUntil = 0;

  /** Subtle: of a delimiter of several bytes, its ends tell whether quotes stand beside it. */
  readonly #before: number | undefined;
  readonly #after: number | undefined;
  /** Of which empty lines are made. Subtle: a line of tabs that delimit is a row of empty cells. */
  readonly #blanks: readonly number[];

  constructor(delimiter: string, start: number, readonly onRecord: (record: CsvRecord) => void) {
    const bytes = new TextEncoder().encode(delimiter);
    this.#before = bytes.at(-1);
    this.#after = bytes[0];
    this.#blanks = BLANKS.filter((blank) => !bytes.includes(blank));
    this.#start = this.#offset = start;
  }

  /** @returns the byte to go on from: the one after these, or one that is scanned again */
  scan(bytes: Uint8Array): number {
    let quote = bytes.indexOf(QUOTE), newLine = bytes.indexOf(NEW_LINE);
    for (let at = 0; at < bytes.length;) {
      if (quote >= 0 && quote < at) quote = bytes.indexOf(QUOTE, at);
      if (newLine >= 0 && newLine < at) newLine = bytes.indexOf(NEW_LINE, at);
      const next = Math.min(quote < 0 ? bytes.length : quote, newLine < 0 ? bytes.length : newLine);
      if (this.#place === "cell") at = this.#cell(bytes, at, next);
      else if (this.#place === "quoted") at = this.#quoted(bytes, next);
      else if (this.#place === "broken") {
        if (this.#firstLineEnd !== undefined) return this.#goBack(this.#firstLineEnd, this.#offset + at);
        at = this.#broken(bytes, next);
      } else if (this.#closes(bytes[at])) at++;
    }
    this.#last = bytes.at(-1) ?? this.#last;
    return this.#offset += bytes.length;
  }

  /** @returns the byte to go on from; undefined where all is done */
  end(): number | undefined {
    if (this.#firstLineEnd !== undefined && (this.#place === "quoted" || this.#place === "broken")) {
      return this.#goBack(this.#firstLineEnd, this.#offset);
    }
    if (this.#start < this.#offset) this.#close(this.#offset);
    return undefined;
  }

  /**
   * Ends the record with its first line. Subtle: quotes can be so laid out that each line leads to the end of the file, so
   * that no more is scanned again than the file has; past that, each line of what was scanned is a record.
   */
  #goBack(firstLineEnd: number, reached: number): number {
    if (this.#bytesAgain > reached) this.#linesUntil = reached;
    else this.#bytesAgain += reached - firstLineEnd;
    this.#line = this.#firstLine;
    this.#close(firstLineEnd);
    this.#last = NEW_LINE;
    return this.#offset = firstLineEnd + 1;
  }

  /** Up to a line end, which closes the record, or to a quote, which opens a cell only where one begins. */
  #cell(bytes: Uint8Array, at: number, next: number): number {
    for (let place = at; this.#isBlank && place < next; place++) {
      this.#isBlank = this.#blanks.includes(bytes[place] ?? 0);
    }
    if (bytes[next] === NEW_LINE) this.#close(this.#offset + next);
    if (bytes[next] === QUOTE) {
      const before = next > 0 ? bytes[next - 1] : this.#last;
      if (this.#offset + next === this.#start || before === this.#before) this.#place = "quoted";
      this.#isBlank = false;
    }
    return next + 1;
  }

  #quoted(bytes: Uint8Array, next: number): number {
    if (bytes[next] === NEW_LINE && this.#offset + next < this.#linesUntil) this.#close(this.#offset + next);
    else if (bytes[next] === NEW_LINE) {
      this.#line++;
      this.#firstLineEnd ??= this.#offset + next;
    }
    if (bytes[next] === QUOTE) this.#place = "after quote";
    return next + 1;
  }

  #broken(bytes: Uint8Array, next: number): number {
    if (bytes[next] === NEW_LINE) this.#close(this.#offset + next);
    return next + 1;
  }

  /**
   * Whether a byte after a quote is done with. The quote closed its cell before a delimiter or a line end, spaces apart; a
   * second one is part of the text, and before anything else it was a stray one.
   */
  #closes(byte: number | undefined): boolean {
    if (byte === QUOTE && this.#place === "after quote") {
      this.#place = "quoted";
      return true;
    }
    if (byte === this.#after || byte === NEW_LINE) {
      this.#place = "cell";
      return false;
    }
    const isSpace = BLANKS.includes(byte ?? 0);
    this.#place = isSpace ? "after spaces" : "broken";
    return isSpace;
  }

  #close(end: number): void {
    if (!this.#isBlank) this.onRecord({ start: this.#start, end, line: this.#firstLine });
    this.#start = end + 1;
    this.#firstLine = ++this.#line;
    this.#isBlank = true;
    this.#firstLineEnd = undefined;
    this.#place = "cell";
  }
}
