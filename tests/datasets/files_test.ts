/** CSV, Parquet, callables and addresses of the web. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { csv, type DatasetSource, jsonl, lazy, parquet, rows } from "../../lib/mod.ts";
import { serveLoopback } from "../rig/loopback.ts";
import { until } from "../rig/until.ts";

const FIXTURES = new URL("../fixtures/datasets/", import.meta.url);

async function withFile(text: string | Uint8Array, run: (url: URL) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const url = new URL(`file://${folder}/file`);
    if (typeof text === "string") await Deno.writeTextFile(url, text);
    else await Deno.writeFile(url, text);
    await run(url);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function all<Sample>(source: DatasetSource<Sample>, base: URL): Promise<readonly Sample[]> {
  const dataset = await source.open(base);
  return await Promise.all(Array.from({ length: dataset.size }, (_, index) => dataset.row(index)));
}

Deno.test("csv() reads quotes, line ends inside cells, a BOM, CRLF and other delimiters; cells stay text", async () => {
  await withFile('\ufefftext,number\r\n"a ""b"", c",007\r\n"two\nlines",=1+1\r\n\r\nü,\r\n', async (url) => {
    assert.deepEqual(await all(csv("file"), url), [
      { text: 'a "b", c', number: "007" },
      { text: "two\nlines", number: "=1+1" },
      { text: "ü", number: "" },
    ]);
  });
  await withFile(
    "a\tb\n1,2\t3\n",
    async (url) => assert.deepEqual(await all(csv("file"), url), [{ a: "1,2", b: "3" }]),
  );
  await withFile(
    'a,b\r"1\r2",3\r',
    async (url) => assert.deepEqual(await all(csv("file"), url), [{ a: "1\n2", b: "3" }]),
  );
  await withFile('a||b\n"1||2"||"3\n4"\n', async (url) => {
    assert.deepEqual(await all(csv("file", { delimiter: "||" }), url), [{ a: "1||2", b: "3\n4" }]);
  });
  await withFile("a:b\n1:2\n", async (url) => {
    assert.deepEqual(await all(csv("file", { delimiter: ":" }), url), [{ a: "1", b: "2" }]);
  });
});

Deno.test("csv() lists rows that it cannot read, with their lines, and keeps the others", async () => {
  const schema = v.object({
    text: v.string(),
    number: v.pipe(v.string(), v.transform(Number), v.number("is no number")),
  });
  await withFile('text,number\n"two\nlines",1\nshort\nlong,2,3\nword,x\nlast,4\n', async (url) => {
    const dataset = await csv("file", { schema }).open(url);
    assert.equal(dataset.size, 2);
    assert.deepEqual(await dataset.row(1), { text: "last", number: 4 });
    assert.deepEqual(dataset.problems.map(({ line, before }) => [line, before]), [[4, 1], [5, 1], [6, 1]]);
    assert.match(dataset.problems[0]?.message ?? "", /line 4 of "file": expected 2 cells, got 1/);
    assert.match(dataset.problems[2]?.message ?? "", /field "number": is no number/);
  });
});

Deno.test("csv() names what is wrong with a whole file", async () => {
  await withFile("", (url) => assert.rejects(csv("file").open(url), /names of its columns/));
  await withFile("a,b\n", (url) => assert.rejects(csv("file").open(url), /expected rows below/));
  await withFile('a,"b"c"\n1,2\n', (url) => assert.rejects(csv("file").open(url), /line 1 of "file": a quote inside/));
  await withFile("a,a\n1,2\n", (url) => assert.rejects(csv("file").open(url), /called "a"/));
  await withFile(new Uint8Array([97, 10, 0xff]), (url) => assert.rejects(csv("file").open(url), /not valid UTF-8/));
  await assert.rejects(csv("none.csv").check?.(FIXTURES) ?? Promise.resolve(), /"none.csv": no such file/);
});

for (const codec of ["none", "snappy", "zstd"]) {
  Deno.test(`parquet() gives the values that pyarrow wrote (${codec})`, async () => {
    const dataset = await parquet(`${codec}.parquet`).open(FIXTURES);
    assert.equal(dataset.size, 2_500);
    for (const index of [0, 999, 1_000, 1_199, 1_200, 2_499]) {
      assert.deepEqual(await dataset.row(index), {
        text: `row ${index} – ü🙂`,
        number: index,
        large: String(2n ** 60n + BigInt(index)),
        score: index / 8,
        absent: index % 2 === 0 ? "here" : null,
        list: [index, index + 1],
        record: { a: index, b: String(index) },
        time: "2026-01-02T03:04:05.000Z",
      });
    }
    await assert.rejects(async () => await dataset.row(2_500), RangeError);
  });
}

Deno.test("parquet() reads chosen columns, and names unknown ones and unreadable files", async () => {
  const dataset = await parquet("zstd.parquet", { columns: ["text"] }).open(FIXTURES);
  assert.deepEqual(await dataset.row(3), { text: "row 3 – ü🙂" });
  await assert.rejects(parquet("zstd.parquet", { columns: ["texts"] }).open(FIXTURES), /"texts".*it has "text"/);
  await withFile(
    "no parquet at all",
    (url) => assert.rejects(parquet("file").open(url), /is no Parquet file, or it is cut/),
  );
  const bytes = await Deno.readFile(new URL("zstd.parquet", FIXTURES));
  bytes.fill(0, 200, 20_000); // The data; the footer stays whole.
  await withFile(bytes, async (url) => {
    const damaged = await parquet("file").open(url);
    await assert.rejects(async () => await damaged.row(0), /Cannot read row 0 of "file"/);
  });
});

/** A copy of a file of 2,500 rows whose bytes at some places are others. */
async function damaged(change: (bytes: Uint8Array) => void): Promise<string> {
  const bytes = await Deno.readFile(new URL("../fixtures/datasets/snappy.parquet", import.meta.url));
  change(bytes);
  const path = await Deno.makeTempFile({ suffix: ".parquet" });
  await Deno.writeFile(path, bytes);
  return path;
}

Deno.test("parquet() tells of a file whose parts have other rows than it says", async () => {
  // As its footer writes 2,500 rows, and 2,501.
  const path = await damaged((bytes) => {
    const at = bytes.findIndex((byte, at) => byte === 0x16 && bytes[at + 1] === 0x88 && bytes[at + 2] === 0x27);
    bytes[at + 1] = 0x8a;
  });
  const opening = parquet(path).open(new URL("file:///"));
  await assert.rejects(opening, /it is damaged, as it tells of 2501 rows and its parts of 2500/);
  await Deno.remove(path);
});

Deno.test("parquet() tries a part that cannot be read once for all of its rows, and again later", async () => {
  // Past the mark at the file's start lies the first page.
  const path = await damaged((bytes) => bytes.fill(0xff, 4, 200));
  let reads = 0, lateMs = 2_200; // Longer than it is not tried again.
  const served = serveLoopback(async (request) => {
    const bytes = await Deno.readFile(path),
      [, from = "0", to = "0"] = /(\d+)-(\d+)/.exec(request.headers.get("range") ?? "") ?? [];
    if (Number(from) < 200 && Number(to) > 0) {
      reads++;
      await new Promise((resolve) => setTimeout(resolve, lateMs));
    }
    const part = bytes.slice(Number(from), Number(to) + 1);
    return new Response(part, { status: 206, headers: { "content-range": `bytes ${from}-${to}/${bytes.length}` } });
  });
  try {
    const dataset = await parquet(`${served.origin}/a.parquet`).open(new URL("file:///"));
    const tellRow = async (index: number) => {
      await assert.rejects(async () => await dataset.row(index), new RegExp(`Cannot read row ${index} of`));
    };
    await tellRow(0);
    const once = reads, toldMs = performance.now();
    lateMs = 0;
    await tellRow(1);
    // On a machine that stood still meanwhile it may be tried again.
    assert.ok(reads === once || performance.now() - toldMs > 1_000, "also where the server took its time");
    for (let index = 2; index < 100; index++) await tellRow(index);
    assert.ok(once > 0 && reads < 10, `${reads} reads for a hundred rows`);
    await until("it is tried again", async () => {
      await tellRow(0);
      return reads > once;
    });
  } finally {
    await served.close();
    await Deno.remove(path);
  }
});

Deno.test("files at an address are read from there, Parquet by parts, and a fault names the address", async () => {
  const zstd = await Deno.readFile(new URL("zstd.parquet", FIXTURES));
  const sent: number[] = [];
  const { origin, close } = serveLoopback((request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/a.jsonl") return new Response('{"a":1}\n');
    if (pathname === "/a.csv") return new Response("a\n1\n");
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.get("range") ?? "");
    if (pathname !== "/a.parquet" || range === null) {
      return new Response("none", { status: pathname === "/whole" ? 200 : 404 });
    }
    const body = zstd.slice(Number(range[1]), Number(range[2]) + 1);
    sent.push(body.length);
    const headers = { "content-range": `bytes ${range[1]}-${range[2]}/${zstd.length}` };
    return new Response(body, { status: 206, headers });
  });
  assert.deepEqual(await all(jsonl(`${origin}/a.jsonl`), FIXTURES), [{ a: 1 }]);
  assert.deepEqual(await all(csv(`${origin}/a.csv`), FIXTURES), [{ a: "1" }]);
  const dataset = await parquet<{ number: number }>(`${origin}/a.parquet`, { columns: ["number"] }).open(FIXTURES);
  assert.deepEqual(await dataset.row(7), { number: 7 });
  assert.ok(sent.length > 1, "it was sent in parts");
  await assert.rejects(jsonl(`${origin}/none`).open(FIXTURES), /127\.0\.0\.1:\d+ answers 404/);
  await assert.rejects(parquet(`${origin}/whole`).open(FIXTURES), /does not send parts/);
  await close();
  await assert.rejects(csv(`${origin}/a.csv`).open(FIXTURES), /cannot be reached/);
});

Deno.test("lazy() and rows() say what they were given in place of rows", async () => {
  const untyped = (value: unknown) => value as never;
  for (const [made, got] of [[undefined, "undefined"], ["abc", '"abc"'], [{ a: 1 }, '{"a":1}'], [7, "7"]]) {
    const message = `Cannot use "x": expected a list of rows, a source or an iterable, got ${got}`;
    await assert.rejects(lazy("x", () => untyped(made)).open(FIXTURES), { name: "TypeError", message });
  }
  assert.throws(() => lazy("x", untyped([1])), /Cannot make "x" when it .*: expected a function, got \[1\]/);
  assert.throws(() => rows(untyped(undefined)), /Cannot make rows: expected a list, got undefined/);
  assert.throws(() => rows(untyped(new Map())), /Cannot make rows: expected a list, got \{\}/);
});

Deno.test("lazy() takes rows, sources, generators and promises of them, when the split is opened", async () => {
  let calls = 0;
  const counted = lazy("counted", () => [{ call: ++calls }]);
  assert.equal(calls, 0);
  assert.deepEqual(await all(counted, FIXTURES), [{ call: 1 }]);
  assert.deepEqual(await all(lazy("promised", () => Promise.resolve([{ a: 1 }])), FIXTURES), [{ a: 1 }]);
  assert.deepEqual(await all(lazy("chosen", () => rows([{ a: 2 }])), FIXTURES), [{ a: 2 }]);
  const stream = async function* () {
    for (let a = 0; a < 3; a++) yield await Promise.resolve({ a });
  };
  assert.deepEqual(await all(lazy("streamed", stream), FIXTURES), [{ a: 0 }, { a: 1 }, { a: 2 }]);
  assert.deepEqual(await all(lazy("set", () => new Set([1, 2]) as never), FIXTURES), [1, 2]);
  await assert.rejects(lazy("empty", () => []).open(FIXTURES), /"empty": it has no rows/);
});
