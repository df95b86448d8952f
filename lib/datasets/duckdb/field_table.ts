/** The table of one field: the texts that search, sort and filter look at, and the numbers that they are. */
import { fieldNumber } from "../field_text.ts";
import { isAscii, toCodePoints } from "./code_units.ts";
import { ColumnTable, type Native } from "./column_table.ts";
import { CHUNK_ROWS, NumberColumn, TextColumn } from "./columns.ts";
import type { DuckDBAppender } from "./native.ts";

/** Characters that are handed over together: texts that wait for long are costly to keep. */
const CHUNK_CHARACTERS = 2 ** 17;
/** Characters that are written together: writing few costs nearly as much as writing many. */
const FLUSH_CHARACTERS = 4 * 2 ** 20;

export class FieldTable {
  readonly #rows = new NumberColumn(new Int32Array(CHUNK_ROWS));
  readonly #texts = new TextColumn();
  readonly #folded = new TextColumn();
  readonly #numbers = new NumberColumn(new Float64Array(CHUNK_ROWS));
  readonly #table: ColumnTable;
  /** Characters that were not handed over yet, and that were not written yet. */
  #held = 0;
  #handed = 0;

  constructor(native: Native, appender: DuckDBAppender) {
    const { INTEGER, VARCHAR, DOUBLE } = native.api;
    this.#table = new ColumnTable(native, appender, [
      [INTEGER, this.#rows],
      [VARCHAR, this.#texts],
      [VARCHAR, this.#folded],
      [DOUBLE, this.#numbers],
    ]);
  }

  /** Subtle: the database lowers ASCII as JavaScript does, and other letters differently; those come lowered. */
  add(row: number, text: string): void {
    const at = this.#table.next(), ascii = isAscii(text);
    this.#rows.set(at, row);
    this.#texts.set(at, ascii ? text : toCodePoints(text), ascii);
    this.#folded.set(at, ascii ? undefined : toCodePoints(text.toLowerCase()), false);
    this.#numbers.set(at, fieldNumber(text));
    this.#held += text.length;
    if (this.#held < CHUNK_CHARACTERS) return;
    this.#table.append();
    this.#handed += this.#held;
    this.#held = 0;
    if (this.#handed < FLUSH_CHARACTERS) return;
    this.#table.flush();
    this.#handed = 0;
  }

  close(): void {
    this.#table.close();
  }
}
