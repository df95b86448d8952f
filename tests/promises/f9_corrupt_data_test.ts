/** F9: Of 18 classes of corrupt data good rows load, bad ones are listed by line with the reason, and nothing gets past the route. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { DatasetSource } from "../../lib/datasets/dataset.ts";
import { openLarge } from "../../lib/datasets/jsonl.ts";
import { csv, datasetView, defineModule, jsonl, parquet } from "../../lib/mod.ts";
import { measured } from "../rig/measured.ts";
import { rigApp } from "../rig/rig_app.ts";

const PARQUET = await Deno.readFile(new URL("../fixtures/datasets/zstd.parquet", import.meta.url));
const GOOD = '{"t":"first"}\n', LAST = '{"t":"last"}\n';
const bytes = (text: string) => new TextEncoder().encode(text);

interface Corrupt {
  /** Its bytes; or what makes it at a path. */
  readonly file: string | Uint8Array | ((path: string) => Promise<unknown>);
  /** Default: JSON Lines. */
  readonly reader?: (path: string) => DatasetSource<object>;
  /** What still loads: how many rows, and what is told of others. */
  readonly rows?: number;
  readonly told?: readonly RegExp[];
  /** Or why nothing does. */
  readonly refused?: RegExp;
}

/** A file of some bytes followed by sixty-four million zeros, compressed to a thousandth. */
const bomb = () => gzipSync(new Uint8Array(64 * 2 ** 20));

const CLASSES: Readonly<Record<string, Corrupt>> = {
  "byte order mark": { file: `\ufeff${GOOD}${LAST}`, rows: 2 },
  "CR LF": { file: `${GOOD}${LAST}`.replaceAll("\n", "\r\n"), rows: 2 },
  NUL: { file: `${GOOD}{"t":"a\\u0000b"}\n{"t":"a\0b"}\n\0\n${LAST}`, rows: 3, told: [/line 3/, /line 4/] },
  "half a line": { file: `${GOOD}{"t":"la`, rows: 1, told: [/line 2/] },
  "10,000 levels": {
    file: `${GOOD}{"t":${"[".repeat(10_000)}${"]".repeat(10_000)}}\n${LAST}`,
    rows: 2,
    told: [/line 2.*at most 500 lists and objects inside each other/],
  },
  "duplicate keys": { file: `{"t":"a","t":"b"}\n${LAST}`, rows: 2 },
  "numbers beyond all": { file: `{"t":"a","n":1e308}\n{"t":"b","n":-1e999}\n{"t":"c","n":1e-400}\n`, rows: 3 },
  ["__proto__"]: { file: `{"t":"a","__proto__":{"polluted":1}}\n{"constructor":{"prototype":1},"t":"b"}\n`, rows: 2 },
  "compressed bomb": { file: (path) => Deno.writeFile(path, bomb()), refused: /it is compressed by gzip/ },
  "another format": { file: PARQUET, refused: /it is a Parquet file: read it with parquet\(\)/ },
  empty: { file: "", refused: /expected one JSON object a line, got no line/ },
  folder: { file: (path) => Deno.mkdir(path), refused: /it is a folder, expected a file/ },
  "link to itself": { file: (path) => Deno.symlink(path, path), refused: /it is a link that leads back to itself/ },
  "no UTF-8": {
    file: new Uint8Array([...bytes(GOOD), 0x7b, 0xff, 0xfe, 0x0a, ...bytes(LAST)]),
    rows: 2,
    told: [/line 2.*not valid UTF-8/],
  },
  "huge cell": { file: `${GOOD}{"t":"${"x".repeat(5 * 2 ** 20)}"}\n${LAST}`, rows: 3 },
  "not there": { file: () => Promise.resolve(), refused: /no such file/ },
  "cut Parquet": {
    file: PARQUET.subarray(0, PARQUET.length / 2),
    reader: (path) => parquet(path),
    refused: /no Parquet file, or it is cut off/,
  },
  "ragged CSV": {
    file: new Uint8Array([
      ...bytes('t,n\nfirst,1\nshort\nlong,2,3\n"a\nb",2\n'),
      0xff,
      0x2c,
      0x31,
      0x0a,
      ...bytes("last,3\n"),
    ]),
    reader: (path) => csv(path),
    rows: 3,
    told: [/line 3.*expected 2 cells, got 1/, /line 4.*got 3/, /line 7.*not valid UTF-8/],
  },
};

Deno.test("F9: each class on the dataset screen, its API and its statistics", async () => {
  const folder = await Deno.makeTempDir();
  const splits: [string, DatasetSource<object>][] = [];
  for (const [index, [name, { file, reader = (path: string) => jsonl(path) }]] of Object.entries(CLASSES).entries()) {
    const path = `${folder}/${index}`;
    if (typeof file === "function") await file(path);
    else await Deno.writeFile(path, typeof file === "string" ? bytes(file) : file);
    const source = reader(String(index));
    splits.push([name, { label: name, open: (_, context) => source.open(new URL(`file://${folder}/`), context) }]);
  }
  const prompt = (row: object) => "t" in row ? String(row.t).slice(0, 100) : "";
  const module = defineModule({
    name: "f9",
    tasks: { all: { dataset: Object.fromEntries(splits), prompt } },
    components: [datasetView()],
  });
  const { fetch, logged } = await rigApp({ modules: [module] });
  for (const [name, { rows, told = [], refused }] of Object.entries(CLASSES)) {
    const split = encodeURIComponent(name);
    const page = await fetch(`/f9/dataset?split=${split}&statistics=1`), html = await page.text();
    const api = await fetch(`/api/f9/dataset/samples?split=${split}&q=a&sort=t&limit=100`), answer = await api.json();
    assert.ok(!html.includes(folder), `${name}: no place of this machine is told`);
    if (refused !== undefined) {
      assert.deepEqual([page.status, api.status], [503, 503], name);
      assert.match(answer.detail, refused, name);
      assert.match(html, /role="alert".*>Retry</s, name);
      continue;
    }
    assert.deepEqual([page.status, api.status], [200, 200], name);
    assert.match(html, new RegExp(`>${rows} in this split`), name);
    for (const line of told) assert.match(html, line, name);
  }
  assert.equal(Reflect.get({}, "polluted"), undefined);
  const failures = logged.map((line) => JSON.parse(line)).filter(({ event }) => event === "failure");
  assert.deepEqual(
    failures.filter(({ error }) => !error.startsWith("ProblemError\n")),
    [],
    "nothing that nobody expected",
  );
  await Deno.remove(folder, { recursive: true });
  measured(
    "F9",
    `${Object.keys(CLASSES).length} of 18 classes: good rows shown, bad ones named by line, none past the route`,
  );
});

Deno.test("F9: a file that is read line by line lists the same lines, also when it vanishes", async () => {
  for (const [name, { file, reader, rows = 0, told = [] }] of Object.entries(CLASSES)) {
    if (reader !== undefined || rows === 0 || typeof file === "function") continue;
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, typeof file === "string" ? bytes(file) : file);
    const dataset = await openLarge(new URL(`file://${path}`), "large", undefined);
    const faults: string[] = [];
    for (let index = 0; index < dataset.size; index++) {
      await Promise.resolve(dataset.row(index)).catch((error) => faults.push(error.message));
    }
    assert.equal(dataset.size - faults.length, rows, name);
    for (const line of told) assert.ok(faults.some((fault) => line.test(fault)), `${name}: ${line} in ${faults}`);
    await Deno.remove(path);
    await assert.rejects(async () => await dataset.row(0), /Cannot read line 1 of "large": no such file/, name);
  }
});
