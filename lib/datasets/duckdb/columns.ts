/**
 * Columns of a chunk of rows as the database holds them, filled here and copied there as a whole: a call into the database
 * for each value would take most of the time that an index takes. The layout is that of the database's C interface, on
 * machines whose first byte is the lowest, as all are that it comes for.
 */
import type { Bindings, Vector } from "./native.ts";

/** Most rows of a chunk, as the database has it. */
export const CHUNK_ROWS = 2_048;
const ROWS_A_BYTE = 8;
/** A text takes so many bytes: its length first, then the text itself where it fits, or else where it lies. */
const TEXT_BYTES = 16, LENGTH_BYTES = 4, MOST_INLINE = TEXT_BYTES - LENGTH_BYTES;

/** Which rows have a value: one bit a row, set where there is one. */
class Presence {
  readonly #bits = new Uint8Array(CHUNK_ROWS / ROWS_A_BYTE).fill(0xff);
  #hasGaps = false;

  /** Says that a row has none. */
  remove(row: number): void {
    this.#bits[row >> 3] = (this.#bits[row >> 3] ?? 0) & ~(1 << (row & 7));
    this.#hasGaps = true;
  }

  moveTo(bindings: Bindings, vector: Vector): void {
    if (!this.#hasGaps) return;
    bindings.vector_ensure_validity_writable(vector);
    bindings.copy_data_to_vector_validity(vector, 0, this.#bits.buffer, 0, this.#bits.byteLength);
    this.#bits.fill(0xff);
    this.#hasGaps = false;
  }
}

export class NumberColumn {
  readonly #presence = new Presence();

  /** @param numbers one for each row of a chunk */
  constructor(readonly numbers: Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>) {}

  set(row: number, number: number | undefined): void {
    if (number === undefined) this.#presence.remove(row);
    else this.numbers[row] = number;
  }

  /** Copies the first rows, and begins anew. */
  moveTo(bindings: Bindings, vector: Vector, rows: number): void {
    bindings.copy_data_to_vector(vector, 0, this.numbers.buffer, 0, rows * this.numbers.BYTES_PER_ELEMENT);
    this.#presence.moveTo(bindings, vector);
  }
}

export class TextColumn {
  readonly #presence = new Presence();
  readonly #bytes = new Uint8Array(CHUNK_ROWS * TEXT_BYTES);
  /** Texts that are handed over by themselves, and their rows. */
  #texts: string[] = [];
  #rows: number[] = [];

  /** @param isAscii whether each character is one byte */
  set(row: number, text: string | undefined, isAscii: boolean): void {
    if (text === undefined) return this.#presence.remove(row);
    if (isAscii && text.length <= MOST_INLINE) return this.#setInline(row, text);
    this.#texts.push(text);
    this.#rows.push(row);
  }

  /** Copies the first rows, and begins anew. */
  moveTo(bindings: Bindings, vector: Vector, rows: number): void {
    bindings.copy_data_to_vector(vector, 0, this.#bytes.buffer, 0, rows * TEXT_BYTES);
    // Subtle: after that copy, which would write over them. What lies in their places is an older short text or none.
    for (const [at, text] of this.#texts.entries()) {
      bindings.vector_assign_string_element(vector, this.#rows[at] ?? 0, text);
    }
    this.#presence.moveTo(bindings, vector);
    this.#texts = [];
    this.#rows = [];
  }

  /** Subtle: the database compares such texts with the bytes after them, which must be zero. */
  #setInline(row: number, text: string): void {
    const start = row * TEXT_BYTES + LENGTH_BYTES;
    this.#bytes[row * TEXT_BYTES] = text.length;
    for (let at = 0; at < MOST_INLINE; at++) this.#bytes[start + at] = at < text.length ? text.charCodeAt(at) : 0;
  }
}
