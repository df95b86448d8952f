import assert from "node:assert/strict";
import { KvCache, type KvEntry, truncate } from "../../../lib/generators/onnx/binding/kv_cache.ts";

/** An entry of 8 bytes a token and 4 for its logits. */
function entryOf(ids: readonly number[]): KvEntry {
  const data = new Float32Array(ids.length);
  const dims = [1, 1, ids.length, 1];
  return { ids, tensors: { key: { data, dims }, value: { data: data.slice(), dims } }, logits: new Float32Array(1) };
}

Deno.test("find takes the entry that shares the longest beginning", () => {
  const cache = new KvCache(1e6);
  const [short, long, other] = [entryOf([1, 2, 9]), entryOf([1, 2, 3, 4]), entryOf([7])];
  for (const entry of [short, long, other]) cache.add(entry);
  assert.deepEqual(cache.find([1, 2, 3, 5]), { entry: long, length: 3 });
  assert.deepEqual(cache.find([1, 2, 3, 4, 5]), { entry: long, length: 4 }, "an entry is a prefix of what is asked");
  assert.deepEqual(cache.find([1, 2, 3]), { entry: long, length: 3 }, "what is asked is a prefix of an entry");
  assert.deepEqual(cache.find([1, 2, 9]), { entry: short, length: 3 });
  assert.equal(cache.find([2, 3]), undefined);
  assert.equal(cache.find([]), undefined);
});

Deno.test("an entry replaces the one it grew from, and leaves branches alone", () => {
  const cache = new KvCache(1e6);
  cache.add(entryOf([1, 2]));
  cache.add(entryOf([1, 2, 3]));
  assert.equal(cache.size, 1);
  assert.equal(cache.bytes, 3 * 8 + 4);
  cache.add(entryOf([1, 2, 4]));
  assert.equal(cache.size, 2, "a second branch stands beside the first");
  cache.add(entryOf([1, 2, 4]));
  assert.equal(cache.size, 2, "the same prefix is kept once");
  assert.equal(cache.bytes, 2 * (3 * 8 + 4));
});

Deno.test("the bound in bytes drops what was unused the longest", () => {
  const each = 2 * 8 + 4;
  const cache = new KvCache(2 * each);
  cache.add(entryOf([1, 1]));
  cache.add(entryOf([2, 2]));
  cache.find([1, 1]);
  cache.add(entryOf([3, 3]));
  assert.equal(cache.bytes, 2 * each);
  assert.equal(cache.find([2, 2]), undefined, "2 was used before 1");
  assert.equal(cache.find([1, 1])?.length, 2);
  assert.equal(cache.find([3, 3])?.length, 2);
});

Deno.test("an entry beyond the bound is kept alone, so that a run can go on", () => {
  const cache = new KvCache(10);
  cache.add(entryOf([1]));
  cache.add(entryOf([2, 2, 2]));
  assert.equal(cache.size, 1);
  assert.equal(cache.find([2])?.length, 1);
});

Deno.test("truncate keeps the first positions of each head", () => {
  // Two heads, three positions, width two: head · 100 + position · 10 + column.
  const data = Float32Array.of(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121);
  const tensor = { data, dims: [1, 2, 3, 2] };
  assert.deepEqual(truncate(tensor, 2), {
    data: Float32Array.of(0, 1, 10, 11, 100, 101, 110, 111),
    dims: [1, 2, 2, 2],
  });
  assert.deepEqual(truncate(tensor, 0), { data: new Float32Array(), dims: [1, 2, 0, 2] });
  assert.equal(truncate(tensor, 3).data, data, "nothing is copied at full length");
});
