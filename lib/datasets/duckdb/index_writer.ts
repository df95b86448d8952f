/**
 * Writes the index of a split: for each field a table of the texts that search, sort and filter look at, made by the same
 * code that the plain readers use, so that both find the same rows.
 */
import { fieldNumber, fieldText, rowEntries } from "../field_text.ts";
import { toCodePoints } from "./code_units.ts";
import {
  type DuckDb,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBInstance,
  loadDuckDb,
  lock,
  type Purpose,
  settings,
} from "./native.ts";

/** Part of the index's name: another layout is another file. */
export const LAYOUT = "1";
/** Each field is a table; data with more names than this is searched row by row. */
const MOST_FIELDS = 256;
/** Most rows and characters that are handed over together: texts that wait for long are costly to keep. */
const CHUNK_ROWS = 2_048, CHUNK_CHARACTERS = 2 ** 17;
/** Rows that are compressed together: few, as a row may be long. */
const GROUP_ROWS = 16_384;
/** Characters of a field that are written together: writing few costs nearly as much as writing many. */
const FLUSH_CHARACTERS = 4 * 2 ** 20;

const ASCII = /^[\0-\x7f]*$/;

export class IndexWriter {
  readonly #fields = new Map<string, FieldTable>();

  private constructor(
    readonly duckDb: DuckDb,
    readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    readonly rows: DuckDBAppender,
  ) {}

  /** @param path of a file that is not there yet */
  static async create(path: string, spillPath: string, purpose: Purpose): Promise<IndexWriter> {
    const duckDb = await loadDuckDb();
    const instance = await duckDb.DuckDBInstance.create(":memory:", settings(purpose, spillPath));
    const connection = await instance.connect();
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS split (ROW_GROUP_SIZE ${GROUP_ROWS})`);
    await connection.run("USE split");
    await lock(connection);
    await connection.run("CREATE TABLE rows (row INTEGER)");
    await connection.run("CREATE TABLE fields (id INTEGER, name VARCHAR)");
    // Subtle: in one transaction the rows go to their places in the file at once, and not to its log before.
    await connection.run("BEGIN");
    return new IndexWriter(duckDb, instance, connection, await connection.createAppender("rows"));
  }

  /** @throws {RangeError} when the rows have more fields than an index can have */
  async add(index: number, row: unknown): Promise<void> {
    this.rows.appendInteger(index);
    this.rows.endRow();
    for (const [name, value] of rowEntries(row)) {
      const text = fieldText(value);
      if (text === undefined) continue;
      const table = this.#fields.get(name) ?? await this.#addTable(name);
      table.add(index, text);
    }
  }

  async finish(): Promise<void> {
    this.rows.closeSync();
    const names = await this.connection.createAppender("fields");
    for (const [id, [name, table]] of [...this.#fields].entries()) {
      table.close();
      names.appendInteger(id);
      names.appendVarchar(JSON.stringify(name)); // Subtle: JSON writes lone surrogates as escapes.
      names.endRow();
    }
    names.closeSync();
    await this.connection.run("COMMIT");
    await this.connection.run("CHECKPOINT split");
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async #addTable(name: string): Promise<FieldTable> {
    const id = this.#fields.size;
    if (id === MOST_FIELDS) throw new RangeError(`its rows have more than ${MOST_FIELDS} different fields`);
    // Subtle: to compress the texts would take longer than all the rest, for an index that is a third smaller.
    const text = "VARCHAR USING COMPRESSION uncompressed";
    await this.connection.run(`CREATE TABLE field_${id} (row INTEGER, text ${text}, folded ${text}, number DOUBLE)`);
    const table = new FieldTable(this.duckDb, await this.connection.createAppender(`field_${id}`));
    this.#fields.set(name, table);
    return table;
  }
}

/** The texts of one field, handed over by columns: a call for each value would take most of the time. */
class FieldTable {
  #rows: number[] = [];
  #texts: string[] = [];
  #folded: (string | null)[] = [];
  #numbers: (number | null)[] = [];
  /** Of what was not handed over yet, and of what was not written yet. */
  #held = 0;
  #handed = 0;
  readonly #types;

  constructor(readonly duckDb: DuckDb, readonly appender: DuckDBAppender) {
    const { INTEGER, VARCHAR, DOUBLE } = duckDb;
    this.#types = [INTEGER, VARCHAR, VARCHAR, DOUBLE];
  }

  /** Subtle: the database lowers ASCII as JavaScript does, and other letters differently; those come lowered. */
  add(row: number, text: string): void {
    const isAscii = ASCII.test(text);
    this.#rows.push(row);
    this.#texts.push(isAscii ? text : toCodePoints(text));
    this.#folded.push(isAscii ? null : toCodePoints(text.toLowerCase()));
    this.#numbers.push(fieldNumber(text) ?? null);
    this.#held += text.length;
    if (this.#rows.length === CHUNK_ROWS || this.#held >= CHUNK_CHARACTERS) this.#append();
    if (this.#handed < FLUSH_CHARACTERS) return;
    this.appender.flushSync();
    this.#handed = 0;
  }

  close(): void {
    this.#append();
    this.appender.closeSync();
  }

  #append(): void {
    if (this.#rows.length === 0) return;
    const chunk = this.duckDb.DuckDBDataChunk.create(this.#types);
    chunk.setColumns([this.#rows, this.#texts, this.#folded, this.#numbers]);
    this.appender.appendDataChunk(chunk);
    this.#rows = [];
    this.#texts = [];
    this.#folded = [];
    this.#numbers = [];
    this.#handed += this.#held;
    this.#held = 0;
  }
}
