/**
 * M4: A large JSON Lines or CSV file is indexed once, its rows and answers are exact, and it takes at most 300 MB of memory. A
 * million rows and their times are in `bench/dataset_bench.ts`. Memory is managed as `deno task start` has it.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { writeRows } from "../../rig/dataset_rows.ts";
import { measured } from "../../rig/measured.ts";
import { taskEnv, taskFlags } from "../../rig/start_app.ts";
import type { LargeDatasetReport } from "../../rig/read_large_dataset.ts";

const ROWS = 100_000, MOST_MEGABYTES = 300;
const ENV = await taskEnv("start");
const FLAGS = (await taskFlags("start")).filter((flag) => flag.startsWith("--v8-flags="));
const READER = fileURLToPath(new URL("../../rig/read_large_dataset.ts", import.meta.url));

async function read(path: string, cacheDir: string): Promise<LargeDatasetReport> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...FLAGS, READER, path, cacheDir],
    env: ENV,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("M4: a hundred thousand rows, 100 MB, against what their lines say", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/rows.jsonl`;
  await writeRows(path, ROWS);
  const once = await read(path, `${folder}/cache`), again = await read(path, `${folder}/cache`);
  assert.deepEqual([once.wasWritten, again.wasWritten], [true, false]);
  assert.deepEqual([again.size, again.totals, again.first], [once.size, once.totals, once.first]);

  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const rows: { score: number; category: string }[] = lines.map((line) => JSON.parse(line));
  const numbers = rows.map((_, index) => index);
  assert.equal(once.size, ROWS);
  for (const [index, text] of once.rows) assert.equal(text, lines[index]);
  const wanted = {
    search: numbers.filter((index) => /straße/i.test(lines[index] ?? "")),
    "search of other letters": numbers.filter((index) => /σίσυφος/.test((lines[index] ?? "").toLowerCase())),
    filter: numbers.filter((index) => (rows[index]?.score ?? 0) > 990),
    order: numbers.filter((index) => rows[index]?.category === "B")
      .sort((one, other) => (rows[other]?.score ?? 0) - (rows[one]?.score ?? 0) || one - other),
  };
  for (const [name, found] of Object.entries(wanted)) {
    assert.deepEqual([once.totals[name], once.first[name]], [found.length, found.slice(0, 10)], name);
  }
  assert.ok(wanted.filter.length > 100 && wanted["search of other letters"].length > 100, "there is something to find");
  const csvPath = `${folder}/rows.csv`;
  await writeRows(csvPath, ROWS);
  const table = await read(csvPath, `${folder}/cache`);
  assert.deepEqual(
    [table.size, table.totals, table.first],
    [once.size, once.totals, once.first],
    "the same rows as CSV",
  );
  for (const [at, [index, text]] of table.rows.entries()) {
    const { text: cell } = JSON.parse(text), { text: line } = JSON.parse(once.rows[at]?.[1] ?? "{}");
    assert.equal(cell, index % 2 === 0 ? line.replace(" ", "\n") : line);
  }
  const peak = Math.max(once.peakMegabytes, again.peakMegabytes, table.peakMegabytes);
  assert.ok(peak <= MOST_MEGABYTES, `${Math.round(peak)} MB over the base`);
  await Deno.remove(folder, { recursive: true });
  measured(
    "M4",
    `${ROWS} rows of JSON Lines and of CSV indexed once, 1000 of them and 4 answers exact, most memory ${
      Math.round(peak)
    } MB over the base`,
  );
});
