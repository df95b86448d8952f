/**
 * Writes the index of a split: for each field a table of the texts that search, sort and filter look at, made by the same
 * code that the plain readers use, so that both find the same rows.
 */
import { fieldNumber, fieldText, rowEntries } from "../field_text.ts";
import { toCodePoints } from "./code_units.ts";
import {
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBInstance,
  loadDuckDb,
  lock,
  settings,
} from "./native.ts";

/** Part of the index's name: another layout is another file. */
export const LAYOUT = "1";
/** Each field is a table; data with more names than this is searched row by row. */
const MOST_FIELDS = 256;
/** Rows that are compressed together: few, as a row may be long. */
const GROUP_ROWS = 16_384;
/** Characters that are handed over together. */
const FLUSH_CHARACTERS = 4 * 2 ** 20;

const ASCII = /^[\0-\x7f]*$/;

interface Field {
  readonly id: number;
  readonly name: string;
  readonly appender: DuckDBAppender;
}

export class IndexWriter {
  readonly #fields = new Map<string, Field>();
  #characters = 0;

  private constructor(
    readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    readonly rows: DuckDBAppender,
  ) {}

  /** @param path of a file that is not there yet */
  static async create(path: string, spillPath: string): Promise<IndexWriter> {
    const { DuckDBInstance } = await loadDuckDb();
    const instance = await DuckDBInstance.create(":memory:", settings(spillPath));
    const connection = await instance.connect();
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS split (ROW_GROUP_SIZE ${GROUP_ROWS})`);
    await connection.run("USE split");
    await lock(connection);
    await connection.run("CREATE TABLE rows (row INTEGER)");
    await connection.run("CREATE TABLE fields (id INTEGER, name VARCHAR)");
    // Subtle: in one transaction the rows go to their places in the file at once, and not to its log before.
    await connection.run("BEGIN");
    return new IndexWriter(instance, connection, await connection.createAppender("rows"));
  }

  /** @throws {RangeError} when the rows have more fields than an index can have */
  async add(index: number, row: unknown): Promise<void> {
    this.rows.appendInteger(index);
    this.rows.endRow();
    for (const [name, value] of rowEntries(row)) {
      const text = fieldText(value);
      if (text === undefined) continue;
      const { appender } = this.#fields.get(name) ?? await this.#addField(name);
      append(appender, index, text);
      this.#characters += text.length;
    }
    if (this.#characters >= FLUSH_CHARACTERS) this.#flush();
  }

  async finish(): Promise<void> {
    this.rows.closeSync();
    const names = await this.connection.createAppender("fields");
    for (const { id, name, appender } of this.#fields.values()) {
      appender.closeSync();
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

  async #addField(name: string): Promise<Field> {
    const id = this.#fields.size;
    if (id === MOST_FIELDS) throw new RangeError(`its rows have more than ${MOST_FIELDS} different fields`);
    await this.connection.run(`CREATE TABLE field_${id} (row INTEGER, text VARCHAR, folded VARCHAR, number DOUBLE)`);
    const field = { id, name, appender: await this.connection.createAppender(`field_${id}`) };
    this.#fields.set(name, field);
    return field;
  }

  #flush(): void {
    for (const { appender } of this.#fields.values()) appender.flushSync();
    this.rows.flushSync();
    this.#characters = 0;
  }
}

/** Subtle: the database lowers ASCII as JavaScript does, and other letters differently; those come lowered. */
function append(appender: DuckDBAppender, index: number, text: string): void {
  appender.appendInteger(index);
  if (ASCII.test(text)) {
    appender.appendVarchar(text);
    appender.appendNull();
  } else {
    appender.appendVarchar(toCodePoints(text));
    appender.appendVarchar(toCodePoints(text.toLowerCase()));
  }
  const number = fieldNumber(text);
  if (number === undefined) appender.appendNull();
  else appender.appendDouble(number);
  appender.endRow();
}
