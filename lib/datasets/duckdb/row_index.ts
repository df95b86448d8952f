/** A split's index, open for questions: which rows match, and what the values of its fields are like. */
import type { FoundIndices, RowQuery } from "../row_query.ts";
import { MOST_VALUES, numberStatistics, SHOWN_VALUES } from "../statistics.ts";
import type { FieldStatistics, Statistics } from "../field_statistics.ts";
import { fromCodePoints } from "./code_units.ts";
import { type DuckDBConnection, type DuckDBInstance, loadDuckDb, lock, settings } from "./native.ts";
import { type FieldIds, matchesSql, sortedSql, type Statement } from "./query_sql.ts";

/** Answers kept, so that the pages of one search cost one search. */
const KEPT_ANSWERS = 4;

export class RowIndex {
  readonly #matches = new Map<string, Int32Array>();

  private constructor(readonly instance: DuckDBInstance, readonly fields: FieldIds, readonly spillPath: string) {}

  /** @param path of a whole index, which is only read */
  static async open(path: string, spillPath: string): Promise<RowIndex> {
    const { DuckDBInstance } = await loadDuckDb();
    const instance = await DuckDBInstance.create(path, { ...settings("reading", spillPath), access_mode: "READ_ONLY" });
    const connection = await instance.connect();
    try {
      await lock(connection);
      const names = await connection.runAndReadAll("SELECT id, name FROM fields ORDER BY id");
      const fields = names.getRowsJS().map(([id, name]): [string, number] => [JSON.parse(String(name)), Number(id)]);
      return new RowIndex(instance, new Map(fields), spillPath);
    } catch (error) {
      instance.closeSync();
      throw error;
    } finally {
      connection.closeSync();
    }
  }

  async query(query: RowQuery): Promise<FoundIndices> {
    const { sort, offset, limit } = query;
    const matches = await this.#matchesOf(query);
    if (sort === undefined) return { indices: [...matches.subarray(offset, offset + limit)], total: matches.length };
    const page = await this.#numbers(sortedSql({ ...query, sort }, this.fields), query.signal);
    return { indices: [...page], total: matches.length };
  }

  /** Of all rows. */
  async statistics(): Promise<Statistics> {
    return await this.#connected(undefined, async (connection) => {
      const [[rows] = []] = await read(connection, "SELECT count(*) FROM rows");
      const fields: FieldStatistics[] = [];
      for (const [field, id] of this.fields) {
        fields.push({ field, ...await fieldStatistics(connection, `field_${id}`) });
      }
      return { rows: Number(rows), isWhole: true, fields };
    });
  }

  async close(): Promise<void> {
    this.instance.closeSync();
    await Deno.remove(this.spillPath, { recursive: true }).catch(() => {}); // Most never needed it.
  }

  async #matchesOf({ search = "", filter = [], signal }: RowQuery): Promise<Int32Array> {
    const question = JSON.stringify([search, filter]);
    const known = this.#matches.get(question);
    const matches = known ?? await this.#numbers(matchesSql({ search, filter }, this.fields), signal);
    this.#matches.delete(question);
    this.#matches.set(question, matches);
    for (const oldest of this.#matches.keys()) if (this.#matches.size > KEPT_ANSWERS) this.#matches.delete(oldest);
    return matches;
  }

  async #numbers({ sql, values }: Statement, signal: AbortSignal | undefined): Promise<Int32Array> {
    return await this.#connected(signal, async (connection) => {
      const parts = await columnOf(connection, { sql, values }, Int32Array);
      const numbers = new Int32Array(lengthOf(parts));
      parts.reduce((at, part) => (numbers.set(part, at), at + part.length), 0);
      return numbers;
    });
  }

  /** Runs on a connection of its own, so that giving up one question leaves the others. */
  async #connected<Answer>(
    signal: AbortSignal | undefined,
    ask: (connection: DuckDBConnection) => Promise<Answer>,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const connection = await this.instance.connect();
    const interrupt = () => connection.interrupt();
    signal?.addEventListener("abort", interrupt, { once: true });
    try {
      return await ask(connection);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }
}

/** The first column of an answer, in the parts that it comes in. */
async function columnOf<Part extends Int32Array | Float64Array>(
  connection: DuckDBConnection,
  { sql, values }: Statement,
  kind: new (items: ArrayLike<number>) => Part,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for await (const chunk of await connection.stream(sql, values)) {
    const vector = chunk.getColumnVector(0);
    const items = "items" in vector ? vector.items : undefined;
    if (!(items instanceof kind)) throw new TypeError(`Cannot read an answer: expected a column as ${kind.name}`);
    parts.push(new kind(items)); // A copy, as the memory of an answer is given back.
  }
  return parts;
}

function lengthOf(parts: readonly ArrayLike<number>[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

async function numbersOf(connection: DuckDBConnection, table: string): Promise<Float64Array> {
  const parts = await columnOf(
    connection,
    { sql: `SELECT number FROM ${table} WHERE number IS NOT NULL ORDER BY row`, values: [] },
    Float64Array,
  );
  const numbers = new Float64Array(lengthOf(parts));
  parts.reduce((at, part) => (numbers.set(part, at), at + part.length), 0);
  return numbers;
}

async function read(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJS();
}

/** Subtle: values are grouped by their hashes, of 64 bits, as the values themselves would not fit into memory. */
async function fieldStatistics(connection: DuckDBConnection, table: string): Promise<Omit<FieldStatistics, "field">> {
  const [[present, filled, numbers, min, max, characters] = []] = await read(
    connection,
    `SELECT count(*), count(nullif(text, '')), count(number), min(length(text)), max(length(text)), sum(length(text))
     FROM ${table}`,
  );
  const groups = `WITH groups AS (SELECT count(*) AS times, min(row) AS first FROM ${table} GROUP BY hash(text))`;
  const [[distinct] = []] = await read(connection, `${groups} SELECT count(*) FROM groups`);
  const top = await read(
    connection,
    `${groups}, top AS (SELECT * FROM groups WHERE times > 1 ORDER BY times DESC, first LIMIT ${SHOWN_VALUES})
     SELECT text, times FROM top JOIN ${table} ON row = first ORDER BY times DESC, first`,
  );
  const isNumeric = Number(numbers) > 0 && Number(numbers) === Number(filled);
  return {
    present: Number(present),
    ...(Number(distinct) > MOST_VALUES ? {} : { distinct: Number(distinct) }),
    top: top.map(([text, times]) => ({ text: fromCodePoints(String(text)), count: Number(times) })),
    ...(isNumeric ? { numbers: numberStatistics(await numbersOf(connection, table)) } : {}),
    length: { min: Number(min), max: Number(max), mean: Number(characters) / Number(present) },
  };
}
