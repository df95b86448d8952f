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
  scanner.scan(bytes.subarray(start));
  scanner.end();
  return records;
}

/** Those of a file without the first, which names its columns. Takes some seconds for a gigabyte. */
export async function findRecords(url: URL, delimiter: string): Promise<Lines> {
  using file = await Deno.open(url);
  const lines = new Lines(), chunk = new Uint8Array(CHUNK_BYTES);
  let isHeader = true, scanner: RecordScanner | undefined;
  for (let read = await file.read(chunk); read !== null; read = await file.read(chunk)) {
    const bytes = chunk.subarray(0, read), start = scanner === undefined ? afterBom(bytes) : 0;
    scanner ??= new RecordScanner(delimiter, start, ({ start, end, line }) => {
      if (!isHeader) lines.push(start, end, line);
      isHeader = false;
    });
    scanner.scan(bytes.subarray(start));
  }
  scanner?.end();
  return lines;
}

function afterBom(bytes: Uint8Array): number {
  return BOM.every((byte, at) => bytes[at] === byte) ? BOM.length : 0;
}

/** Where in a record: after spaces that follow a closing quote nothing is known yet. */
type Place = "cell" | "quoted" | "after quote" | "after spaces";

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

  scan(bytes: Uint8Array): void {
    let quote = bytes.indexOf(QUOTE), newLine = bytes.indexOf(NEW_LINE);
    for (let at = 0; at < bytes.length;) {
      if (quote >= 0 && quote < at) quote = bytes.indexOf(QUOTE, at);
      if (newLine >= 0 && newLine < at) newLine = bytes.indexOf(NEW_LINE, at);
      const next = Math.min(quote < 0 ? bytes.length : quote, newLine < 0 ? bytes.length : newLine);
      if (this.#place === "cell") at = this.#cell(bytes, at, next);
      else if (this.#place === "quoted") at = this.#quoted(bytes, next);
      else if (this.#closes(bytes[at])) at++;
    }
    this.#last = bytes.at(-1) ?? this.#last;
    this.#offset += bytes.length;
  }

  /** Subtle: a quote that nothing closes would take the rest of the file into memory; its line alone tells what is wrong. */
  end(): void {
    const end = this.#place === "quoted" ? this.#firstLineEnd ?? this.#offset : this.#offset;
    if (this.#start < end) this.#close(end);
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
    if (bytes[next] === NEW_LINE) {
      this.#line++;
      this.#firstLineEnd ??= this.#offset + next;
    }
    if (bytes[next] === QUOTE) this.#place = "after quote";
    return next + 1;
  }

  /**
   * Whether a byte after a quote is done with. The quote closed its cell before a delimiter or a line end, spaces apart; a
   * second one is part of the text, and before anything else it was none that closes.
   */
  #closes(byte: number | undefined): boolean {
    if (byte === QUOTE) {
      this.#place = this.#place === "after quote" ? "quoted" : "after quote";
      return true;
    }
    if (byte === this.#after || byte === NEW_LINE) {
      this.#place = "cell";
      return false;
    }
    const isSpace = BLANKS.includes(byte ?? 0);
    this.#place = isSpace ? "after spaces" : "quoted";
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
