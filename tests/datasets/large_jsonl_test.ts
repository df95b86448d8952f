/** JSON Lines that stay on disk: what is small and in memory is the oracle. */
import assert from "node:assert/strict";
import { openLargeCsv } from "../../lib/datasets/csv.ts";
import { openLarge, parseJsonl } from "../../lib/datasets/jsonl.ts";
import { queryRows } from "../../lib/datasets/query.ts";
import { checkQueries, QUERY_ROWS } from "./query_cases.ts";

async function withLarge(
  text: string,
  check: (dataset: Awaited<ReturnType<typeof openLarge<object>>>) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await check(await openLarge(new URL(`file://${path}`), "large.jsonl", undefined));
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("lines are found whatever ends them, empty ones left out, across the parts that are searched", async () => {
  const long = "ü".repeat(3 * 2 ** 20); // Three lines of these end in different parts.
  const text = `\r\n{"a":"${long}"}\n\n  \t\n{"b":"${long}"}\r\n{"c":"${long}"}\n{"d":4}`;
  await withLarge(text, async (dataset) => {
    const wanted = parseJsonl<object>(text, "small");
    assert.equal(dataset.size, wanted.size);
    for (let index = 0; index < wanted.size; index++) {
      assert.deepEqual(await dataset.row(index), await wanted.row(index));
    }
    await assert.rejects(async () => await dataset.row(4), RangeError);
  });
});

Deno.test("a line that cannot be read tells so with its number, and the others work", async () => {
  await withLarge('{"a":1}\n\nbroken\n[2]\n{"a":3}\n', async (dataset) => {
    assert.equal(dataset.size, 4);
    await assert.rejects(async () => await dataset.row(1), /line 3 of "large.jsonl"/);
    await assert.rejects(async () => await dataset.row(2), /line 4 of "large.jsonl": expected an object, got an array/);
    assert.deepEqual(await dataset.row(3), { a: 3 });
  });
  await assert.rejects(withLarge("\n \n", () => Promise.resolve()), /got no line/);
});

Deno.test("searches, orders and filters give the same rows as in memory", async () => {
  const text = QUERY_ROWS.map((row) => JSON.stringify(row)).join("\n");
  await withLarge(text, checkQueries);
});

Deno.test("all rows come in their order, a part at a time; who stops before the end leaves nothing open", async () => {
  const text = Array.from({ length: 9_000 }, (_, index) => `{"n":${index}}`).join("\n");
  await withLarge(text, async (dataset) => {
    assert.ok(dataset.scan !== undefined);
    const parts = await Array.fromAsync(dataset.scan());
    assert.ok(parts.length > 3, "in several parts");
    assert.deepEqual(parts.flat(), Array.from({ length: 9_000 }, (_, n) => ({ index: n, row: { n } })));
    for await (const [first] of dataset.scan()) {
      assert.deepEqual(first, { index: 0, row: { n: 0 } });
      break;
    }
  });
});

Deno.test("where its lines lie is kept, in blocks, and found anew when what was kept is damaged", async () => {
  const folder = await Deno.makeTempDir(), url = new URL(`file://${folder}/file.jsonl`), count = 70_000;
  const text = Array.from({ length: count }, (_, index) => `{"n":${index}}${index % 1_000 === 0 ? "\n" : ""}`).join(
    "\n",
  );
  await Deno.writeTextFile(url, text);
  const check = async () => {
    const dataset = await openLarge<object>(url, "file", undefined, { cacheDir: folder });
    assert.equal(dataset.size, count);
    for (const index of [0, 1, 32_767, 32_768, 65_535, 65_536, count - 1]) {
      assert.deepEqual(await dataset.row(index), { n: index });
    }
  };
  await check();
  const [kept] = await Array.fromAsync(Deno.readDir(`${folder}/index`)), path = `${folder}/index/${kept?.name}`;
  assert.match(path, /\.lines$/);
  assert.equal((await Deno.stat(path)).size, 16 * count);
  await check();
  await Deno.truncate(path, 1_001);
  await check();
  assert.equal((await Deno.stat(path)).size, 16 * count);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file that is written anew while it is open has no rows any more, and says why", async () => {
  const folder = await Deno.makeTempDir(), url = new URL(`file://${folder}/file.jsonl`);
  const text = (order: readonly number[]) => order.map((n) => `{"n":${n}}\n`).join("");
  const openers = [
    () => openLarge<object>(url, "file", undefined),
    () => openLargeCsv<object>(url, "file", { delimiter: undefined, schema: undefined }),
  ];
  const changes: readonly (() => Promise<void>)[] = [
    () => Deno.writeTextFile(url, text([1, 2, 3, 4]).replace("1", "11")), // Each row begins a byte later.
    async () => { // In another order, with as many bytes, and under its name at once.
      await Deno.writeTextFile(`${folder}/other`, text([4, 3, 2, 1]));
      await Deno.utime(`${folder}/other`, new Date(), new Date(Date.now() + 2_000));
      await Deno.rename(`${folder}/other`, url);
    },
  ];
  for (const open of openers) {
    for (const change of changes) {
      await Deno.writeTextFile(url, text([1, 2, 3, 4]));
      const dataset = await open();
      await dataset.row(1);
      await change();
      await assert.rejects(
        async () => await dataset.row(1),
        /Cannot read line \d of "file": it has changed since it was/,
      );
      const search = queryRows(dataset, { search: "4", offset: 0, limit: 9 });
      await assert.rejects(search, /Cannot read line \d of "file": it has changed since it was opened/);
    }
  }
  await Deno.remove(folder, { recursive: true });
});
