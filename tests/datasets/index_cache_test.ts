/** The folder of indexes: what is not used goes, what is used stays. */
import assert from "node:assert/strict";
import { IndexCache } from "../../lib/datasets/index_cache.ts";

Deno.test("keep() removes the longest unused above the bound, what it replaces, and what was left half-written", async () => {
  const folder = await Deno.makeTempDir(), cache = new IndexCache(folder);
  const data = `${folder}/data`;
  const kept: string[] = [];
  for (let index = 0; index < 4; index++) {
    await Deno.writeTextFile(`${data}${index}`, "x");
    const place = await cache.place([`${data}${index}`], "rows 1"), written = await cache.writingPath();
    await Deno.writeFile(written, new Uint8Array(100));
    await cache.keep(written, place, 350);
    await Deno.utime(place, new Date(), new Date(Date.now() - 1_000_000 + 1_000 * index));
    kept.push(place);
    if (index === 2) assert.ok(await cache.has(kept[0] ?? ""), "which makes it the last used");
  }
  const there = await Promise.all(kept.map((place) => Deno.stat(place).then(() => true, () => false)));
  assert.deepEqual(there, [true, false, true, true]);

  const abandoned = await cache.writingPath(), writing = await cache.writingPath();
  for (const path of [abandoned, writing]) await Deno.writeTextFile(path, "half");
  await Deno.utime(abandoned, new Date(), new Date(Date.now() - 2 * 60 * 60_000));
  await Deno.writeTextFile(`${data}3`, "changed");
  const place = await cache.place([`${data}3`], "rows 1");
  assert.notEqual(place, kept[3]);
  await cache.write(place, [new Uint8Array(4), new Uint8Array(6)]);
  assert.equal((await Deno.stat(place)).size, 10);
  const names = (await Array.fromAsync(Deno.readDir(cache.folder))).map(({ name }) => `${cache.folder}/${name}`);
  assert.deepEqual(names.sort(), [kept[0], kept[2], place, writing].sort());
  await Deno.remove(folder, { recursive: true });
});
