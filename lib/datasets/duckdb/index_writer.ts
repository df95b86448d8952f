/**
 * Writes the index of a split: for each field a table of the texts that search, sort and filter look at, made by the same
 * code that the plain readers use, so that both find the same rows.
 */
import { fieldText, rowEntries } from "../field_text.ts";
import { ColumnTable } from "./column_table.ts";
import { CHUNK_ROWS, NumberColumn } from "./columns.ts";
import { FieldTable } from "./field_table.ts";
import {
  type Bindings,
  type DuckDb,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBInstance,
  loadBindings,
  loadDuckDb,
  lock,
  type Purpose,
  settings,
} from "./native.ts";

/** Part of the index's name: another layout is another file, and so is another way to tell rows apart. */
export const LAYOUT = "6";
/** Each field is a table; data with more names than this is searched row by row. */
const MOST_FIELDS = 256;
/** Rows that are compressed together: few, as a row may be long. */
const GROUP_ROWS = 16_384;
export class IndexWriter {
  readonly #rows = new NumberColumn(new Int32Array(CHUNK_ROWS));
  readonly #rowTable: ColumnTable;
  readonly #fields = new Map<string, FieldTable>();

  private constructor(
    readonly api: DuckDb,
    readonly bindings: Bindings,
    readonly instance: DuckDBInstance,
    readonly connection: DuckDBConnection,
    rowAppender: DuckDBAppender,
  ) {
    this.#rowTable = new ColumnTable({ api, bindings }, rowAppender, [[api.INTEGER, this.#rows]]);
  }

  /** @param path of a file that is not there yet */
  static async create(path: string, spillPath: string, purpose: Purpose): Promise<IndexWriter> {
    const api = await loadDuckDb();
    const instance = await api.DuckDBInstance.create(":memory:", settings(purpose, spillPath));
    const connection = await instance.connect();
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS split (ROW_GROUP_SIZE ${GROUP_ROWS})`);
    await connection.run("USE split");
    await lock(connection);
    await connection.run("CREATE TABLE rows (row INTEGER)");
    await connection.run("CREATE TABLE fields (id INTEGER, name VARCHAR)");
    // Subtle: in one transaction the rows go to their places in the file at once, and not to its log before.
    await connection.run("BEGIN");
    return new IndexWriter(api, await loadBindings(), instance, connection, await connection.createAppender("rows"));
  }

  /** @throws {RangeError} when the rows have more fields than an index can have */
  async add(index: number, row: unknown): Promise<void> {
    this.#rows.set(this.#rowTable.next(), index);
    for (const [name, value] of rowEntries(row)) {
      const text = fieldText(value);
      if (text === undefined) continue;
      const table = this.#fields.get(name) ?? await this.#addTable(name);
      table.add(index, text);
    }
  }

  async finish(): Promise<void> {
    this.#rowTable.close();
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
    const table = new FieldTable(this, await this.connection.createAppender(`field_${id}`));
    this.#fields.set(name, table);
    return table;
  }
}
