/** Whether slots share passes is tried, and what a graph gets wrong ends it. */
import assert from "node:assert/strict";
import { HostMemory } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";
import type { Passes } from "../../../lib/generators/onnx/native/passes.ts";
import { whyAlone } from "../../../lib/generators/onnx/native/side_by_side.ts";
import { fixturePath, withOpened } from "./tiny_models.ts";

const SHAPE = {
  tensors: 1,
  heads: 1,
  width: 1,
  window: 128,
  vocabulary: 2,
  isInPlace: true,
  memory: new HostMemory(),
};

/** A model whose logits tell how many tokens a slot holds, and their sum. */
class Counted implements Passes {
  readonly chunks = { scored: 4, shared: 4, alone: 4 };
  readonly cache = new KvSlots(SHAPE, 2 ** 20);
  count = 0;

  constructor(readonly rows: number, readonly together: (slots: readonly number[][]) => readonly number[][]) {}

  mostRows = () => this.rows;

  extend: Passes["extend"] = (slot, ids) => {
    assert.ok(ids.length <= this.chunks.alone);
    this.count++;
    slot.ids.push(...ids);
    return [Float32Array.from(told(slot.ids))];
  };

  extendEach: Passes["extendEach"] = (slots, ids) => {
    this.count++;
    for (const [index, slot] of slots.entries()) slot.ids.push(...ids.slice(index, index + 1));
    return this.together(slots.map((slot) => slot.ids)).map((row) => Float32Array.from(row));
  };
}

function told(ids: readonly number[]): number[] {
  return [ids.length, ids.reduce((sum, id) => sum + id, 0)];
}

Deno.test("slots share passes where each gets what it gets alone, and nothing of the trial stays", () => {
  const passes = new Counted(2, (all) => all.map(told));
  assert.deepEqual([whyAlone(passes), passes.cache.size], [undefined, 0]);
});

Deno.test("a graph that takes every row for as long as the first one is given one row a pass", () => {
  const passes = new Counted(2, (all) => all.map((ids) => told(ids.slice(0, all[0]?.length))));
  assert.deepEqual([whyAlone(passes), passes.cache.size], ["rows side by side do not give what each gives alone", 0]);
});

Deno.test("what the runtime says of several rows is the reason, and so is a bound without room for them", () => {
  const refused = new Counted(2, () => {
    throw new Error("Got: 2 Expected: 1");
  });
  assert.deepEqual([whyAlone(refused), refused.cache.size], ["Got: 2 Expected: 1", 0]);
  const reason = "the bound on keys and values leaves no room for more";
  assert.equal(whyAlone(new Counted(1, (all) => all.map(told))), reason);
  const apart: Counted = new Counted(2, (all) => (apart.count++, all.map(told)));
  assert.equal(whyAlone(apart), reason, "a pass for each has tried nothing");
});

for (const name of ["tiny_gpt2", "tiny_llama", "tiny_llama_fixed", "tiny_llama_gqa"] as const) {
  Deno.test(`${name}: its graph takes rows of different lengths`, async () => {
    await withOpened(fixturePath(name), "native", (model) => Promise.resolve(assert.equal(model.alone, undefined)));
  });
}
