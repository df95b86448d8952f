/** DuckDB finds the rows that the plain readers find: the readers are the oracle. */
import assert from "node:assert/strict";
import * as v from "valibot";
import fc from "fast-check";
import { parseCondition } from "../../../lib/datasets/condition.ts";
import type { Dataset } from "../../../lib/datasets/dataset.ts";
import { csv } from "../../../lib/datasets/csv.ts";
import { jsonl } from "../../../lib/datasets/jsonl.ts";
import { parquet } from "../../../lib/datasets/parquet.ts";
import { queryRows } from "../../../lib/datasets/query.ts";
import type { RowQuery } from "../../../lib/datasets/row_query.ts";
import { lookAtRows } from "../../../lib/datasets/statistics.ts";
import { RowIndex } from "../../../lib/datasets/duckdb/row_index.ts";
import { until } from "../../rig/until.ts";
import { checkFacets, checkQueries, QUERY_ROWS } from "../query_cases.ts";
import { openIndexed, openSource } from "./open_indexed.ts";

const FIXTURES = new URL("../../fixtures/datasets/", import.meta.url);

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n");
}

async function sameAnswers(indexed: Dataset<unknown>, plain: Dataset<unknown>, query: RowQuery): Promise<void> {
  assert.ok(indexed.query !== undefined && plain.query === undefined);
  const found = await queryRows(indexed, query), wanted = await queryRows(plain, query);
  assert.deepEqual(found, wanted, JSON.stringify(query));
}

Deno.test("an index answers every question as looking at each row does", async () => {
  await using opened = await openIndexed(lines(QUERY_ROWS));
  await checkQueries(opened.indexed);
  await checkFacets(opened.indexed);
});

/** Values that two engines are likely to see differently. */
const HOSTILE: readonly unknown[] = [
  ..."\0|a\0b|\ud800|\udfff\ud800x|🙂|\uffff|\ue000|İ|i\u0307|ΣΑΣ|ςσ|ß|ẞ|K|ﬀ|Å|A\u030a|\u{10400}|\u{10428}|'|\"|%|_|\\|;|--"
    .split("|"),
  ..."10|9|09|1e3|1E3|-0|0|0.0|-1.50|1e308|-1e308|1e309|9007199254740993|0x10|Infinity|NaN| 3|3 | +.5 |.|+|9.|+7|.5e1|\u00a07|１|1_0|--1"
    .split("|"),
  ...["", " ", "\n", null, true, false, 0, -0, 1.5, 1e21, 1e-7, 2 ** 53 + 2, 1e308, -1e308, 5e-324],
  ...[[], {}, [[]], ["a", ["B", null]], { b: 1, a: { c: "É" } }, [1, 2], { __proto__: null, toString: "x" }],
];
const FIELDS = ["a", "b", "A", "", "__proto__", "constructor", 'a"b', "é", "row", "text", "\ud800", "🙂"];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.string({ unit: "binary", maxLength: 4 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 2 }),
);
const row = fc.array(fc.tuple(fc.constantFrom(...FIELDS), value), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries));
/** Part of a text, so that it is often found. */
const wish = fc.oneof(
  fc.constantFrom(...HOSTILE.filter((each) => typeof each === "string")),
  fc.string({ unit: "binary", maxLength: 2 }),
);
const condition = fc.tuple(fc.constantFrom("", "=", "!=", "!", "in:a,", '!in:"",', ">", ">=", "<", "<=", ">=0 <"), wish)
  .map(([mark, text]) => parseCondition(mark + text));
const query = fc.record({
  search: fc.oneof(fc.constant(""), wish),
  sort: fc.option(fc.record({ field: fc.constantFrom(...FIELDS, "none"), descending: fc.boolean() }), {
    nil: undefined,
  }),
  filter: fc.array(fc.record({ field: fc.constantFrom(...FIELDS, "none"), condition }), { maxLength: 2 }),
  offset: fc.constantFrom(0, 0, 3),
  limit: fc.constantFrom(50, 2),
});

Deno.test("any rows and any questions: an index and looking at each row give equal pages and equal statistics", async () => {
  const all = HOSTILE.map((each, index) => ({ [FIELDS[index % FIELDS.length] ?? ""]: each, a: each }));
  const property = fc.asyncProperty(
    fc.array(row, { maxLength: 40 }),
    fc.array(query, { minLength: 20, maxLength: 40 }),
    async (rows, queries) => {
      // Duplicate keys, of which JSON.parse keeps the last, and a line that cannot be read.
      const text = `${
        lines([...rows, ...all])
      }\n{"a":1,"a":"x","b":2,"b":null}\n{"a":\n{"a":1e999,"b":9007199254740993}`;
      await using opened = await openIndexed(text);
      for (const each of queries) await sameAnswers(opened.indexed, opened.plain, each);
      assert.deepEqual(await opened.indexed.statistics?.(), await lookAtRows(opened.plain));
      await checkFacets(opened.indexed);
    },
  );
  await fc.assert(property, { numRuns: 8, endOnFailure: true });
});

Deno.test("thousands of rows, whose texts are short, long, beyond ASCII or absent in turn, are answered alike", async () => {
  const texts = [
    "",
    "a",
    "twelve bytes",
    "thirteen byte",
    "\0",
    "ä",
    "zwölf bytes!",
    "ﬀ",
    "🙂",
    "\ud800",
    "word ".repeat(99),
  ];
  const rows = Array.from({ length: 7_000 }, (_, index) => {
    const text = texts[(index * 7) % 13]; // Of the last two there is none.
    return { ...(text === undefined ? {} : { text: index % 3 === 0 ? text : `${text}${index % 50}` }), index };
  });
  await using opened = await openIndexed(lines(rows));
  const { indexed, plain } = opened;
  for (const search of ["a", "twelve bytes4", "byte1", "Ä", "7", "🙂2", "word 1"]) {
    await sameAnswers(indexed, plain, { search, offset: 0, limit: 7_000 });
  }
  for (const descending of [false, true]) {
    await sameAnswers(indexed, plain, { sort: { field: "text", descending }, offset: 0, limit: 7_000 });
  }
  assert.deepEqual(await indexed.statistics?.(), await lookAtRows(plain));
});

Deno.test("CSV and Parquet are answered alike, by all fields of a file that pyarrow wrote", async () => {
  await using table = await openIndexed('name,n\n"a\nB",3\nü,\n"",10\nshort\n\ud800?,-2\n', "csv");
  const folder = await Deno.makeTempDir();
  await Deno.copyFile(new URL("zstd.parquet", FIXTURES), `${folder}/file.parquet`);
  await using file = await openSource(parquet("file.parquet"), folder);
  for (const { indexed, plain } of [table, file]) {
    for (const field of ["name", "n", "number", "list", "record", "absent", "large"]) {
      for (const descending of [false, true]) {
        await sameAnswers(indexed, plain, { sort: { field, descending }, offset: 1, limit: 30 });
      }
      for (const text of ["=", "1", "!1", ">3", "=a\nB"]) {
        const filter = [{ field, condition: parseCondition(text) }];
        await sameAnswers(indexed, plain, { search: "1", filter, offset: 0, limit: 30 });
      }
    }
    assert.deepEqual(await indexed.statistics?.(), await lookAtRows(plain));
  }
});

Deno.test("an index is written once, and again when its file changes", async () => {
  await using opened = await openIndexed(lines(QUERY_ROWS));
  const { folder } = opened;
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  const names = async () => (await Array.fromAsync(Deno.readDir(context.cacheDir + "/index"))).map(({ name }) => name);
  const [first, ...others] = await names();
  assert.match(first ?? "", /^[0-9a-f]{20}-[0-9a-f]{20}\.duckdb$/);
  assert.deepEqual(others, [], "nothing else is left");
  const { ino } = await Deno.stat(`${context.cacheDir}/index/${first}`);
  const search = async () => {
    const again = await jsonl<object>(`${folder}/file.jsonl`).open(new URL("file:///"), context);
    const answer = await queryRows(again, { search: "snow", offset: 0, limit: 10 });
    await again.close?.();
    return answer.total;
  };
  assert.equal(await search(), 2);
  assert.deepEqual(await names(), [first]);
  assert.equal((await Deno.stat(`${context.cacheDir}/index/${first}`)).ino, ino, "it is not written again");
  await Deno.writeTextFile(`${folder}/file.jsonl`, '{"a":"snow"}\n{"a":"Snow"}\n{"a":"SNOW"}\n');
  assert.equal(await search(), 3);
  const after = await names();
  assert.equal(after.length, 1, "the old one made room");
  assert.notEqual(after[0], first);
  await Deno.writeTextFile(`${context.cacheDir}/index/${after[0]}`, "damaged");
  assert.equal(await search(), 3);
});

Deno.test("splits of one file share what is written", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file.jsonl`, lines(QUERY_ROWS));
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  const open = () => jsonl<object>("file.jsonl").open(new URL(`file://${folder}/`), context);
  const started: string[] = [], Thread = globalThis.Worker;
  globalThis.Worker = class extends Thread {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      started.push(options?.name ?? "");
    }
  };
  const both = await Promise.all([open(), open()]);
  for (const each of both) {
    assert.equal((await queryRows(each, { search: "snow", offset: 0, limit: 1 })).total, 2);
    assert.deepEqual(each.indexState?.(), { kind: "ready" });
  }
  assert.equal((await Array.fromAsync(Deno.readDir(`${folder}/cache/index`))).length, 1);
  globalThis.Worker = Thread;
  assert.deepEqual(started, ["index"]);
  for (const each of both) await each.close?.();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what is written for two splits goes on when one of them is closed, and is told to the other", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file.jsonl`, lines(Array.from({ length: 30_000 }, (_, n) => ({ n, text: "x" }))));
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  const open = () => jsonl<object>("file.jsonl").open(new URL(`file://${folder}/`), context);
  const first = await open(), second = await open();
  await until("the second split tells of rows", () => {
    const state = second.indexState?.();
    return state?.kind === "ready" || (state?.kind === "writing" && state.rows > 0);
  });
  await first.close?.();
  assert.equal((await queryRows(second, { search: "x", offset: 0, limit: 1 })).total, 30_000);
  assert.deepEqual(second.indexState?.(), { kind: "ready" });
  await second.close?.();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("two readers of one file each keep their own index", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file.csv`, "a;b,c\n1;2,3\n");
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  for (const delimiter of [";", ","]) {
    const dataset = await csv<object>("file.csv", { delimiter }).open(new URL(`file://${folder}/`), context);
    await dataset.statistics?.();
    assert.deepEqual(dataset.indexState?.(), { kind: "ready" });
    await dataset.close?.();
  }
  assert.equal((await Array.fromAsync(Deno.readDir(`${folder}/cache/index`))).length, 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an open index reaches no other file, loads no extension, and stays so", async () => {
  await using opened = await openIndexed(lines(QUERY_ROWS));
  const folder = `${opened.folder}/cache/index`;
  const [name] = await Array.fromAsync(Deno.readDir(folder));
  const index = await RowIndex.open(`${folder}/${name?.name}`, `${folder}/spill-test`);
  const connection = await index.instance.connect();
  const deeds = [
    `COPY fields TO '${opened.folder}/stolen.csv'`,
    `SELECT * FROM read_csv('${opened.folder}/file.jsonl')`,
    `ATTACH '${opened.folder}/other.duckdb'`,
    "SET enable_external_access = true",
    "SET memory_limit = '10GB'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "DELETE FROM rows",
  ];
  for (const deed of deeds) await assert.rejects(connection.run(deed), Error, deed);
  connection.closeSync();
  await index.close();
  const left = (await Array.fromAsync(Deno.readDir(opened.folder))).map((entry) => entry.name).sort();
  assert.deepEqual(left, ["cache", "file.jsonl"]);
});

Deno.test("what cannot have an index is searched row by row, and says why", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/file.jsonl`;
  const context = { cacheDir: `${folder}/cache`, indexedFromBytes: 0 };
  await Deno.writeTextFile(path, lines(Array.from({ length: 300 }, (_, index) => ({ [`f${index}`]: "snow" }))));
  const wide = await jsonl<object>(path).open(new URL("file:///"), context);
  assert.equal((await queryRows(wide, { search: "snow", offset: 0, limit: 1 })).total, 300);
  assert.deepEqual(wide.indexState?.(), { kind: "absent", reason: "its rows have more than 256 different fields" });
  assert.equal((await wide.statistics?.())?.fields.length, 300);
  await wide.close?.();
  const checked = await jsonl(path, v.object({})).open(new URL("file:///"), context);
  assert.equal(checked.query, undefined, "a schema may change rows");
  const small = await jsonl<object>(path).open(new URL("file:///"), { cacheDir: context.cacheDir });
  assert.equal(small.query, undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("many fields and cells of megabytes are answered alike, within the memory that an index may take", async () => {
  const fields = Object.fromEntries(
    Array.from({ length: 250 }, (_, index) => [`f${index}`, `value ${index} `.repeat(20)]),
  );
  const rows = Array.from({ length: 40 }, (_, index) => ({ ...fields, f3: index }));
  const cells = Array.from({ length: 5 }, (_, index) => ({ big: `${"wörd ".repeat(1_000_000)}${index}` }));
  await using opened = await openIndexed(lines([...rows, ...cells]));
  for (const query of [{ search: "wörd 1" }, { sort: { field: "big", descending: true } }]) {
    await sameAnswers(opened.indexed, opened.plain, { ...query, offset: 0, limit: 3 });
  }
});

Deno.test("a question that is given up stops, while the index is written and after", async () => {
  const text = lines(Array.from({ length: 30_000 }, (_, index) => ({ a: `${index} ${"word ".repeat(20)}` })));
  await using opened = await openIndexed(text);
  const stopped = AbortSignal.abort();
  await assert.rejects(queryRows(opened.indexed, { search: "x", offset: 0, limit: 1, signal: stopped }), {
    name: "AbortError",
  });
  // Of so many rows that it is still being written when that is seen.
  await Deno.writeTextFile(`${opened.folder}/large.jsonl`, `${text}\n`.repeat(10));
  const fresh = await jsonl<object>(`${opened.folder}/large.jsonl`).open(new URL("file:///"), {
    cacheDir: `${opened.folder}/other`,
    indexedFromBytes: 0,
  });
  assert.equal(fresh.indexState?.().kind, "writing");
  const controller = new AbortController();
  const waiting = queryRows(fresh, { search: "x", offset: 0, limit: 1, signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await until("there is something half written", async () => {
    const { kind } = fresh.indexState?.() ?? {};
    const written = await Array.fromAsync(Deno.readDir(`${opened.folder}/other/index`)).catch(() => []);
    return written.length > 0 || kind !== "writing";
  });
  assert.equal(fresh.indexState?.().kind, "writing");
  await fresh.close?.();
  const left = await Array.fromAsync(Deno.readDir(`${opened.folder}/other/index`));
  assert.deepEqual(left, [], "what was half written is gone");
});
