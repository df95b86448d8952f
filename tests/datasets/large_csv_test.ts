/** CSV that stays on disk: what is small and in memory is the oracle, and what another library writes. */
import assert from "node:assert/strict";
import fc from "fast-check";
import Papa from "papaparse";
import { csv, openLargeCsv } from "../../lib/datasets/csv.ts";
import { findRecords, recordsOf } from "../../lib/datasets/csv_records.ts";
import type { Dataset } from "../../lib/datasets/dataset.ts";
import { loadDuckDb } from "../../lib/datasets/duckdb/native.ts";

interface Both extends AsyncDisposable {
  /** Undefined where the file is read into memory after all. */
  readonly large: Dataset<object> | undefined;
  readonly small: Dataset<object>;
  readonly path: string;
}

/** The file is there until it is disposed of. */
async function openBoth(text: string | Uint8Array, delimiter?: string): Promise<Both> {
  const path = await Deno.makeTempFile(), url = new URL(`file://${path}`);
  if (typeof text === "string") await Deno.writeTextFile(path, text);
  else await Deno.writeFile(path, text);
  const large = await openLargeCsv<object>(url, "large.csv", { delimiter, schema: undefined });
  const small = await csv<object>(path, delimiter === undefined ? {} : { delimiter }).open(url);
  return { large, small, path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

async function rowsOf(dataset: Dataset<object> | undefined): Promise<readonly unknown[]> {
  assert.ok(dataset !== undefined);
  const one = await Promise.all(Array.from({ length: dataset.size }, (_, index) => dataset.row(index)));
  if (dataset.scan === undefined) return one;
  const all = (await Array.fromAsync(dataset.scan())).flat().map((found) => "row" in found ? found.row : found.fault);
  assert.deepEqual(all, one);
  return one;
}

const cell = fc.oneof(
  fc.constantFrom("", " ", '"', '""', "a", "a,b", "a;b", "\n", "\r\n", "x\ny", "ü🙂", ' "a" ', "\t", "=1"),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);

Deno.test("any cells, however they are quoted: rows are the same on disk as in memory", async () => {
  const table = fc.record({
    rows: fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 }),
    newline: fc.constantFrom("\n", "\r\n"),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    quotes: fc.boolean(),
    start: fc.constantFrom("", "\ufeff"),
    end: fc.constantFrom("", "\n", "\r\n\r\n"),
  });
  const property = fc.asyncProperty(table, async ({ rows, newline, delimiter, quotes, start, end }) => {
    // Subtle: a CR alone ends no line of ours, and none of a file whose other lines end in LF.
    const whole = rows.map((row) => row.map((text) => text.replaceAll(/\r(?!\n)/g, "")));
    const text = Papa.unparse([["a", "b b", "c"], ...whole], { newline, delimiter, quotes });
    await using both = await openBoth(start + text + end, delimiter);
    const { large, small } = both;
    const found = await rowsOf(large);
    assert.deepEqual(found, await rowsOf(small));
    assert.deepEqual(found, whole.map(([a, b, c]) => ({ a, "b b": b, c })), "as Papa Parse wrote them");
  });
  await fc.assert(property, { numRuns: 150, endOnFailure: true });
});

Deno.test("a line of tabs that delimit is a row of empty cells, one of spaces is none", async () => {
  await using both = await openBoth("a\tb\n\t\n \n1\t2\n\t\n", "\t");
  const { large, small } = both;
  const expected = [{ a: "", b: "" }, { a: "1", b: "2" }, { a: "", b: "" }];
  assert.deepEqual(await rowsOf(large), expected);
  assert.deepEqual(await rowsOf(small), expected);
});

Deno.test("blank lines before the names of the columns do not hide the delimiter", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "\n \na\tb\n1\t2\n");
  const dataset = await csv<object>("file").open(new URL(`file://${folder}/`));
  assert.deepEqual(await dataset.row(0), { a: "1", b: "2" });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("records are found across the parts that are searched, cells of megabytes with line ends among them", async () => {
  const long = 'line "one"\nline two, '.repeat(200_000); // 4 MB: its quotes and line ends fall on every place of a part.
  const text = Papa.unparse([["a", "b"], [long, "1"], ["x", long], ["", "3"], [long.slice(1), "4"]]);
  await using both = await openBoth(text);
  const { large, small } = both;
  assert.deepEqual(await rowsOf(large), await rowsOf(small));
});

Deno.test("a row that cannot be read tells so with its line, and the others work", async () => {
  const bytes = new TextEncoder().encode('a,b\n"two\nlines",1\nshort\n\nx,?\n"a" b,2\n"last",4\n"open,5\nand more\n');
  const text = bytes.map((byte) => byte === 63 ? 0xff : byte);
  await using both = await openBoth(text);
  const { large } = both;
  assert.equal(large?.size, 7);
  assert.deepEqual(await large.row(0), { a: "two\nlines", b: "1" });
  await assert.rejects(async () => await large.row(1), /line 4 of "large.csv": expected 2 cells, got 1/);
  await assert.rejects(async () => await large.row(2), /line 6 of "large.csv": it is not valid UTF-8/);
  await assert.rejects(
    async () => await large.row(3),
    /line 7 of "large.csv": a quote inside of a cell in quotes is not doubled/,
  );
  assert.deepEqual(await large.row(4), { a: "last", b: "4" });
  await assert.rejects(async () => await large.row(5), /line 9 of "large.csv": a cell in quotes is not closed/);
  await assert.rejects(async () => await large.row(6), /line 10 of "large.csv": expected 2 cells, got 1/);
});

/** The rows that DuckDB reads of a file, where it makes something of lines that are wrong. */
async function readByDuckDb(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { DuckDBInstance } = await loadDuckDb();
  const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
  try {
    const options =
      `header = true, delim = ',', quote = '"', escape = '"', columns = {'id': 'VARCHAR', 'text': 'VARCHAR'}`;
    const read = `SELECT id, coalesce(text, '') AS text FROM read_csv('${path}', ${options}, auto_detect = false,
      strict_mode = false, ignore_errors = true)`;
    return (await connection.runAndReadAll(read)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

Deno.test("a stray quote spoils its own line alone: the rows around it are those that DuckDB reads", async () => {
  const rows = Array.from({ length: 500 }, (_, id) => id % 3 === 0 ? `${id},"text, ${id}"` : `${id},text ${id}`);
  for (const line of ['x,"5" disk, new', 'x,"he said "no""', 'x,"a" "b"', 'x,"a"b']) {
    const text = ["id,text", ...rows.slice(0, 250), line, ...rows.slice(250)].join("\n");
    await using both = await openBoth(text);
    const { small, large, path } = both;
    const read = await rowsOf(small);
    assert.equal(read.length, rows.length, line);
    assert.deepEqual(read, (await readByDuckDb(path)).filter(({ id }) => id !== "x"), line);
    assert.deepEqual(small.problems.map(({ line }) => line), [252]);
    assert.equal(large?.size, rows.length + 1);
    const all = large?.scan === undefined ? [] : (await Array.fromAsync(large.scan())).flat();
    assert.deepEqual(all.flatMap((found) => "row" in found ? [found.row] : []), read);
  }
});

Deno.test("a quote that is never closed spoils its own line alone, whatever follows", async () => {
  const plain = Array.from({ length: 500 }, (_, id) => ({ id: `${id}`, text: `text ${id}` }));
  const quoted = plain.map(({ id, text }) => ({ id, text: `${text}, "said"\non two lines` }));
  for (const rows of [plain, quoted]) {
    for (const newline of ["\n", "\r\n"]) {
      const written = Papa.unparse(rows, { newline, header: false });
      const text = ["id,text", 'x,"hello', written, 'y,"end'].join(newline);
      await using both = await openBoth(text);
      const { small, large } = both;
      assert.deepEqual(await rowsOf(small), rows);
      assert.deepEqual(small.problems.map(({ before }) => before), [0, 500]);
      assert.match(small.problems[0]?.message ?? "", /line 2 of .* a cell in quotes is not closed/);
      assert.equal(large?.size, 502);
    }
  }
});

Deno.test("any lines with a stray quote among any rows: these are all there, with their lines", async () => {
  const text = fc.oneof(fc.constantFrom("a", "a,b", "a\nb", "a\r\nb", 'a "b"', "ü🙂"), fc.string({ maxLength: 5 }))
    .map((each) => `t${each.replaceAll(/\r(?!\n)/g, "")}`); // Which begins with what closes no quote.
  const broken = fc.constantFrom('"x" y,z', 'x,"y" z', '"x,y', 'x,"y', 'x,"y""', '"""x"" y,z', '"x""y,z');
  const lines = fc.array(fc.record({ text, isQuoted: fc.boolean(), broken: fc.option(broken) }), { minLength: 1 });
  const property = fc.asyncProperty(lines, async (lines) => {
    const rows = lines.map(({ text }) => ({ a: text, b: text }));
    let file = "a,b\n", line = 2;
    const wrong: number[] = [];
    for (const { text, isQuoted, broken } of lines) {
      const row = Papa.unparse([[text, text]], { quotes: isQuoted });
      if (broken !== null) wrong.push(line);
      for (const each of broken === null ? [row] : [broken, row]) {
        file += `${each}\n`;
        line += each.split("\n").length;
      }
    }
    await using both = await openBoth(file);
    assert.deepEqual(await rowsOf(both.small), rows);
    assert.deepEqual(both.small.problems.map(({ line }) => line), wrong);
    assert.equal(both.large?.size, rows.length + wrong.length);
  });
  await fc.assert(property, { numRuns: 150, endOnFailure: true });
});

Deno.test("a file with a stray quote in each line is read in its large parts, and not anew for each", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, `a,b\n${'"I was there, he began\n'.repeat(1_000)}`);
  const { read } = Deno.FsFile.prototype;
  let reads = 0;
  Deno.FsFile.prototype.read = function (bytes) {
    reads++;
    return read.call(this, bytes);
  };
  try {
    assert.equal((await findRecords(new URL(`file://${path}`), ",")).count, 1_000);
  } finally {
    Deno.FsFile.prototype.read = read;
    await Deno.remove(path);
  }
  assert.ok(reads < 10, `${reads} reads`);
});

Deno.test("quotes of which each line opens one to the file's end take no longer than lines do", () => {
  // Half a million of them: looked through to the end from each, this would be 10^11 lines.
  const line = 'a","\n', text = `a,b\n"x\n${line.repeat(500_000)}1,2\n`;
  const records = recordsOf(new TextEncoder().encode(text), ",");
  const { start, end, line: number } = records.at(-1) ?? { start: 0, end: 0, line: 0 };
  assert.deepEqual([text.slice(start, end), number, records.length], ["1,2", 500_003, 500_003]);
});
