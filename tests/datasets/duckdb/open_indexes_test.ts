/** Few indexes are open together, none for long that nobody asks, and whoever asks a closed one has it again. */
import assert from "node:assert/strict";
import { OpenIndexes, openIndexes } from "../../../lib/datasets/duckdb/open_indexes.ts";
import { RowIndex } from "../../../lib/datasets/duckdb/row_index.ts";
import { queryRows } from "../../../lib/datasets/query.ts";
import { until } from "../../rig/until.ts";
import { openIndexed } from "./open_indexed.ts";

async function withIndexFile(run: (open: () => Promise<RowIndex>) => Promise<void>): Promise<void> {
  await using opened = await openIndexed('{"a":"snow"}\n{"a":"rain"}\n');
  const folder = `${opened.folder}/cache/index`;
  const [file] = await Array.fromAsync(Deno.readDir(folder));
  await run(() => RowIndex.open(`${folder}/${file?.name}`, `${folder}/spill-test`));
}

const search = async (index: RowIndex) => (await index.query({ search: "snow", offset: 0, limit: 9 })).total;

Deno.test("the index that was asked longest ago is closed for another one, and opened when it is asked again", async () => {
  await withIndexFile(async (open) => {
    const indexes = new OpenIndexes(2, 60_000), opened: string[] = [];
    const ask = (place: string) =>
      indexes.ask(place, () => {
        opened.push(place);
        return open();
      }, search);
    for (const place of ["a", "b", "a", "c"]) assert.equal(await ask(place), 1);
    assert.deepEqual(indexes.places, ["a", "c"]);
    assert.equal(await ask("b"), 1);
    assert.deepEqual([indexes.places, opened], [["c", "b"], ["a", "b", "c", "b"]]);
    for (const place of indexes.places) await indexes.close(place);
  });
});

Deno.test("an index that nobody asks for a while is closed, one that is answering is not", async () => {
  await withIndexFile(async (open) => {
    const indexes = new OpenIndexes(2, 1);
    await indexes.ask("a", open, async (first) => {
      assert.equal(await indexes.ask("b", open, search), 1);
      await until("b is closed", () => !indexes.places.includes("b"));
      assert.deepEqual(indexes.places, ["a"]);
      await indexes.close("a");
      assert.equal(await search(first), 1, "it has still to answer");
    });
    assert.deepEqual(indexes.places, []);
    await assert.rejects(indexes.ask("a", () => Promise.reject(new Error("damaged")), search), /damaged/);
    assert.deepEqual(indexes.places, []);
  });
});

Deno.test("an index whose file made room while it was closed is written again", async () => {
  await using opened = await openIndexed('{"a":"snow"}\n{"a":"rain"}\n');
  const folder = `${opened.folder}/cache/index`;
  for (const place of openIndexes.places) await openIndexes.close(place);
  for (const { name } of await Array.fromAsync(Deno.readDir(folder))) await Deno.remove(`${folder}/${name}`);
  assert.equal((await queryRows(opened.indexed, { search: "snow", offset: 0, limit: 9 })).total, 1);
  assert.equal((await Array.fromAsync(Deno.readDir(folder))).length, 1);
});
