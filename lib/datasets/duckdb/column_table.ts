/** A table of the database that is filled by columns. */
import { CHUNK_ROWS, type NumberColumn, type TextColumn } from "./columns.ts";
import type { Bindings, DuckDb, DuckDBAppender, DuckDBType } from "./native.ts";

export interface Native {
  readonly api: DuckDb;
  readonly bindings: Bindings;
}

export class ColumnTable {
  /** Rows that the columns hold. */
  #count = 0;

  constructor(
    readonly native: Native,
    readonly appender: DuckDBAppender,
    readonly columns: readonly (readonly [DuckDBType, NumberColumn | TextColumn])[],
  ) {}

  /** The place in the columns of a row that is now added. */
  next(): number {
    if (this.#count === CHUNK_ROWS) this.append();
    return this.#count++;
  }

  /** Hands over what the columns hold. */
  append(): void {
    if (this.#count === 0) return;
    const { api, bindings } = this.native;
    const chunk = api.DuckDBDataChunk.create(this.columns.map(([type]) => type), this.#count);
    for (const [at, [, column]] of this.columns.entries()) {
      column.moveTo(bindings, bindings.data_chunk_get_vector(chunk.chunk, at), this.#count);
    }
    this.appender.appendDataChunk(chunk);
    this.#count = 0;
  }

  /** Has what was handed over written. */
  flush(): void {
    this.appender.flushSync();
  }

  close(): void {
    this.append();
    this.appender.closeSync();
  }
}
