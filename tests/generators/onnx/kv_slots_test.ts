import assert from "node:assert/strict";
import fc from "fast-check";
import { type KvSlot, KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";

const SHAPE = { tensors: 2, heads: 3, width: 2, window: 512 };
const POSITION_BYTES = 2 * 3 * 2 * 4;

/** What a graph would do: each position's row is made of its id, the head and the tensor, at the stride of the slot. */
function extend(slots: KvSlots, slot: KvSlot, ids: readonly number[], isInPlace: boolean): void {
  const before = slot.ids.length, total = before + ids.length;
  const data = isInPlace ? slot.data : slots.room(slot.capacity);
  const from = slots.strideOf(slot), to = isInPlace ? slot.capacity : total;
  for (const [tensor, target] of data.entries()) {
    for (let head = 0; head < SHAPE.heads; head++) {
      for (let position = 0; position < total; position++) {
        const source = slot.data[tensor]?.subarray((head * from + position) * SHAPE.width);
        const value = position < before ? source?.[0] ?? NaN : rowOf(ids[position - before] ?? -1, tensor, head);
        target.fill(value, (head * to + position) * SHAPE.width, (head * to + position + 1) * SHAPE.width);
      }
    }
  }
  slot.data = data;
  slot.ids.push(...ids);
}

function rowOf(id: number, tensor: number, head: number): number {
  return id * 10 + tensor * 3 + head;
}

function assertHolds(slots: KvSlots, slot: KvSlot, ids: readonly number[]): void {
  assert.deepEqual(slot.ids, ids);
  const stride = slots.strideOf(slot);
  for (const [tensor, data] of slot.data.entries()) {
    for (let head = 0; head < SHAPE.heads; head++) {
      for (const [position, id] of ids.entries()) {
        const at = (head * stride + position) * SHAPE.width;
        assert.equal(data[at], rowOf(id, tensor, head), `tensor ${tensor}, head ${head}, position ${position}`);
      }
    }
  }
}

/** Few ids, so that prefixes are shared; now and then a long one, so that slots grow. */
const prefix = fc.oneof(
  fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
  fc.array(fc.nat(2), { minLength: 120, maxLength: 300 }),
);

for (const isInPlace of [true, false]) {
  Deno.test(`whatever is asked for, a slot holds the rows of its ids (${isInPlace ? "in place" : "whole new caches"})`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(prefix, fc.nat(20), fc.boolean()), { maxLength: 40 }), (asked) => {
        const slots = new KvSlots({ ...SHAPE, isInPlace }, 4 * 512 * POSITION_BYTES);
        for (const [ids, spared, isHeld] of asked) {
          const known = slots.find(ids);
          const keep = Math.min(known?.length ?? 0, ids.length - 1);
          const slot = slots.holding(known?.slot, keep, ids.length, spared);
          assert.deepEqual(slot.ids, ids.slice(0, keep));
          extend(slots, slot, ids.slice(keep), isInPlace);
          assertHolds(slots, slot, ids);
          if (isHeld && known !== undefined && known.slot !== slot) assertHolds(slots, known.slot, known.slot.ids);
          assert.ok(slots.bytes <= 4 * 512 * POSITION_BYTES, `${slots.bytes} bytes`);
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  });
}

Deno.test("a slot that is being extended is neither extended nor dropped by others", () => {
  const slots = new KvSlots({ ...SHAPE, isInPlace: true }, 2 * 128 * POSITION_BYTES);
  const slot = slots.holding(undefined, 0, 3);
  extend(slots, slot, [1, 2, 3], true);
  slot.isHeld = true;
  const found = slots.find([1, 2, 3, 4]);
  assert.equal(found?.length, 3);
  const other = slots.holding(found?.slot, 3, 4, 9);
  assert.notEqual(other, slot);
  assertHolds(slots, other, [1, 2, 3]);
  for (const id of [7, 8, 9]) extend(slots, slots.holding(undefined, 0, 1), [id], true);
  assertHolds(slots, slot, [1, 2, 3]);
  assert.equal(slots.find([1, 2, 3])?.slot, slot);
});

Deno.test("room grows by doubling, never beyond the window, and the count of slots is bounded", () => {
  const slots = new KvSlots({ ...SHAPE, isInPlace: true }, 2 ** 30);
  const slot = slots.holding(undefined, 0, 1);
  assert.equal(slot.capacity, 128);
  extend(slots, slot, Array.from({ length: 128 }, (_, id) => id % 3), true);
  assert.equal(slots.holding(slot, 128, 129).capacity, 256);
  assert.equal(slots.holding(undefined, 0, 400).capacity, 512);
  for (let id = 0; id < 100; id++) extend(slots, slots.holding(undefined, 0, 1), [id], true);
  assert.ok(slots.size <= 32, `${slots.size} slots`);
});
