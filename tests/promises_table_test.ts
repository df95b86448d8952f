/** The README's table of promises is the one that `deno task promises` writes: a row for each file, none besides. */
import assert from "node:assert/strict";
import { ALONE, readPromises, readTable } from "../tools/promises.ts";

const ROOT = new URL("../", import.meta.url);
const FOLDER = new URL("tests/promises/", ROOT);

Deno.test("the README's table of promises names each file of tests/promises with its sentence", async () => {
  const rows = readTable(await Deno.readTextFile(new URL("README.md", ROOT)));
  const listed = rows.map(({ name, id, promise }) => ({ name, id, promise }));
  assert.deepEqual(listed, await readPromises(FOLDER.pathname), "run deno task promises");
  for (const { id, value } of rows) assert.ok(value !== "", `${id} has a measured value`);
});

Deno.test("each promise prints its measured value, and no two share an ID", async () => {
  const files = await readPromises(FOLDER.pathname);
  assert.equal(new Set(files.map(({ id }) => id)).size, files.length);
  for (const { name, id } of files) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    assert.match(text, new RegExp(`measured\\(\\s*"${id}",`), `${name} calls measured("${id}", …)`);
  }
});

/** What only a test names that holds a time, memory or load against the app. */
const MEASURES = /performance\.now|Date\.now|rssBytes|memoryUsage|cpuUsage|peakMegabytes|readRuns?\(/;

Deno.test("the promises that measure time, memory or load are those that run alone", async () => {
  for (const { name } of await readPromises(FOLDER.pathname)) {
    const measures = MEASURES.test(await Deno.readTextFile(new URL(name, FOLDER)));
    assert.equal(name.startsWith(ALONE), measures, `${name} ${measures ? "measures" : "measures nothing"}`);
  }
});
