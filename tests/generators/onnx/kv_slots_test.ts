import assert from "node:assert/strict";
import fc from "fast-check";
import { type KvBlock, type KvSlot, makeBlock, makePlanes } from "../../../lib/generators/onnx/native/kv_block.ts";
import { MemoryError } from "../../../lib/generators/onnx/memory_error.ts";
import { HostMemory, HostPlane } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";

const SHAPE = { tensors: 2, heads: 3, width: 2, window: 512, vocabulary: 5, memory: new HostMemory() };
/** What a slot of `capacity` positions takes: keys and values, and its logits. */
const slotBytes = (capacity: number) => (2 * 3 * 2 * capacity + 5) * 4;

/** What a graph would do: each position's row is made of its id, the head and the tensor, at the stride of the slot. */
function extend(slots: KvSlots, slot: KvSlot, ids: readonly number[], isInPlace: boolean): void {
  const { block, lane } = slot, before = slot.ids.length, total = before + ids.length;
  const planes = isInPlace ? block.planes : makePlanes({ ...SHAPE, isInPlace }, 1, block.capacity);
  const from = slots.strideOf(slot), to = isInPlace ? block.capacity : total;
  const lanes = lane * SHAPE.heads * block.capacity;
  for (const [tensor, target] of numbersOf(planes).entries()) {
    for (let head = 0; head < SHAPE.heads; head++) {
      for (let position = 0; position < total; position++) {
        const source = numbersOf(block.planes)[tensor]?.subarray((lanes + head * from + position) * SHAPE.width);
        const value = position < before ? source?.[0] ?? NaN : rowOf(ids[position - before] ?? -1, tensor, head);
        const row = lanes + head * to + position;
        target.fill(value, row * SHAPE.width, (row + 1) * SHAPE.width);
      }
    }
  }
  block.planes = planes;
  slot.ids.push(...ids);
  block.logits.fill(ids.at(-1) ?? NaN, lane * SHAPE.vocabulary, (lane + 1) * SHAPE.vocabulary);
  slot.hasLogits = true;
}

function numbersOf(planes: KvBlock["planes"]) {
  return planes.map((plane) => {
    assert.ok(plane instanceof HostPlane);
    return plane.data;
  });
}

function rowOf(id: number, tensor: number, head: number): number {
  return id * 10 + tensor * 3 + head;
}

function assertHolds(slots: KvSlots, slot: KvSlot, ids: readonly number[]): void {
  assert.deepEqual(slot.ids, ids);
  assert.equal(slot.block.slots[slot.lane], slot);
  const stride = slots.strideOf(slot);
  for (const [tensor, data] of numbersOf(slot.block.planes).entries()) {
    for (let head = 0; head < SHAPE.heads; head++) {
      for (const [position, id] of ids.entries()) {
        const at = (slot.lane * SHAPE.heads * slot.block.capacity + head * stride + position) * SHAPE.width;
        assert.equal(data[at], rowOf(id, tensor, head), `tensor ${tensor}, head ${head}, position ${position}`);
      }
    }
  }
  const logits = slots.logitsOf(slot);
  if (logits !== undefined) assert.deepEqual([...logits], Array.from(logits, () => ids.at(-1)));
}

/** Ways in which graphs write their caches, by name. */
const IN_PLACE = { ...SHAPE, isInPlace: true, name: "in place" };
const FIXED = { ...IN_PLACE, fixedLength: 512, name: "in place, of a fixed size" };
const WHOLE = { ...SHAPE, isInPlace: false, name: "whole new caches" };

/** Few ids, so that prefixes are shared; now and then a long one, so that slots grow. */
const prefix = fc.oneof(
  fc.array(fc.nat(2), { minLength: 1, maxLength: 8 }),
  fc.array(fc.nat(2), { minLength: 120, maxLength: 300 }),
);

for (const shape of [IN_PLACE, FIXED, WHOLE]) {
  Deno.test(`whatever is asked for, a slot holds the rows of its ids (${shape.name})`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(prefix, fc.nat(20), fc.boolean()), { maxLength: 40 }), (asked) => {
        const slots = new KvSlots(shape, 4 * slotBytes(512));
        for (const [ids, spared, isHeld] of asked) {
          const known = slots.find(ids);
          const keep = Math.min(known?.length ?? 0, ids.length - 1);
          const slot = slots.holding(known?.slot, keep, ids.length, spared);
          assert.deepEqual(slot.ids, ids.slice(0, keep));
          extend(slots, slot, ids.slice(keep), shape.isInPlace);
          assertHolds(slots, slot, ids);
          if (isHeld && known !== undefined && known.slot !== slot) assertHolds(slots, known.slot, known.slot.ids);
          assert.ok(slots.bytes <= 4 * slotBytes(512), `${slots.bytes} bytes`);
        }
      }),
      { numRuns: 200, seed: 11 },
    );
  });
}

Deno.test("a slot that is being extended is neither extended nor dropped by others", () => {
  const slots = new KvSlots({ ...SHAPE, isInPlace: true }, 2 * slotBytes(128));
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
  assert.equal(slot.block.capacity, 128);
  extend(slots, slot, Array.from({ length: 128 }, (_, id) => id % 3), true);
  assert.equal(slots.holding(slot, 128, 129).block.capacity, 256);
  assert.equal(slots.holding(undefined, 0, 400).block.capacity, 512);
  for (let id = 0; id < 100; id++) extend(slots, slots.holding(undefined, 0, 1), [id], true);
  assert.ok(slots.size <= 64, `${slots.size} slots`);
});

Deno.test("memory of prefixes that are dropped is given back at once", () => {
  const slots = new KvSlots({ ...SHAPE, isInPlace: true }, slotBytes(512));
  const planes = [100, 200, 400].map((total) => slots.holding(undefined, 0, total).block.planes);
  // The last one takes the whole bound, so that the first ones are dropped for it.
  const numbers = planes.map((each) => numbersOf(each).map(({ length }) => length));
  assert.deepEqual(numbers, [[0, 0], [0, 0], [3 * 512 * 2, 3 * 512 * 2]]);
});

Deno.test("whatever is gathered lies side by side and keeps its rows, and nobody else's are lost while they are held", () => {
  const step = fc.record({ prefixes: fc.array(prefix, { minLength: 1, maxLength: 9 }), isHeld: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (asked) => {
      const slots = new KvSlots({ ...SHAPE, isInPlace: true }, 24 * slotBytes(512));
      let before: KvSlot | undefined;
      for (const { prefixes, isHeld } of asked) {
        const taken = prefixes.map((ids) => {
          const known = slots.find(ids);
          const keep = Math.min(known?.length ?? 0, ids.length - 1);
          const slot = slots.holding(known?.slot, keep, ids.length);
          extend(slots, slot, ids.slice(keep), true);
          slot.isHeld = true;
          return slot;
        });
        const { block, first, count } = slots.gather(taken) ?? assert.fail();
        assert.ok(count <= 2 * taken.length || before !== undefined, `${count} lanes for ${taken.length}`);
        for (const [index, slot] of taken.entries()) {
          assert.equal(slot.block, block);
          assert.ok(slot.lane >= first && slot.lane < first + count);
          assert.ok(block.capacity > slot.ids.length);
          assertHolds(slots, slot, prefixes[index] ?? []);
        }
        if (before !== undefined) assertHolds(slots, before, before.ids);
        for (const slot of taken) slot.isHeld = false;
        // Now and then one of them is being extended by somebody for a long time.
        if (before !== undefined) before.isHeld = false;
        before = isHeld ? taken[0] : undefined;
        if (before !== undefined) before.isHeld = true;
      }
    }),
    { numRuns: 200, seed: 12 },
  );
});

Deno.test("each lane has the length that a graph's caches have, where they have one", () => {
  const slots = new KvSlots(FIXED, 2 * slotBytes(512));
  const [short, long] = [3, 500].map((total) => slots.holding(undefined, 0, total));
  assert.deepEqual([short?.block.capacity, long?.block.capacity, slots.bytes], [512, 512, 2 * slotBytes(512)]);
});

Deno.test("rows that are no numbers are not found again, and whoever has their memory next has zeros", () => {
  const slots = new KvSlots(IN_PLACE, slotBytes(128)), slot = slots.holding(undefined, 0, 3);
  extend(slots, slot, [NaN, NaN], true);
  slots.forgetRows(slot);
  assert.deepEqual([slots.size, slots.find([NaN])], [0, undefined]);
  const next = slots.holding(undefined, 0, 3);
  assert.equal(next.block.planes, slot.block.planes, "memory that was used before");
  for (const data of numbersOf(next.block.planes)) assert.ok(data.every((number) => number === 0));
});

Deno.test("isThere() is false beside a slot that is held and for whose next pass more room is to be made", () => {
  const slots = new KvSlots({ ...SHAPE, isInPlace: false }, 8 * slotBytes(512));
  const aside = (capacity: number) => slots.aside = { bytes: 0, capacity, release() {} };
  const small = slots.holding(undefined, 0, 5), large = slots.holding(undefined, 0, 200);
  assert.deepEqual([small.block.capacity, large.block.capacity], [128, 256]);
  aside(128);
  assert.equal(slots.isThere(small, 0, 5), true);
  assert.equal(slots.isThere(large, 0, 200), false);
  large.isHeld = true;
  assert.equal(slots.isThere(small, 0, 5), false);
  aside(256);
  assert.equal(slots.isThere(small, 0, 5), true);
});

/** Rows of one device, which cannot be copied while it has no memory. */
class FullMemory extends HostMemory {
  isFull = false;

  override plane(elements: number): HostPlane {
    const plane = super.plane(elements), copy = plane.copyFrom.bind(plane);
    plane.copyFrom = (source, rows) => {
      if (this.isFull) throw new MemoryError("the device is full");
      copy(source, rows);
    };
    return plane;
  }
}

Deno.test("rows that could not be copied are found by nobody, and their memory is there for others", () => {
  const memory = new FullMemory(), shape = { ...IN_PLACE, memory };
  const slots = new KvSlots(shape, 8 * slotBytes(512)), slot = slots.holding(undefined, 0, 3);
  extend(slots, slot, [1, 2, 3], true);
  const bytes = slots.bytes;
  memory.isFull = true;
  assert.throws(() => slots.holding(slot, 3, 400), MemoryError, "it does not grow");
  assertHolds(slots, slot, [1, 2, 3]);
  assert.throws(() => slots.holding(slot, 2, 3), MemoryError, "nor has a branch");
  assertHolds(slots, slot, [1, 2, 3]);
  memory.isFull = false;
  assert.ok(slots.bytes <= bytes + slotBytes(512), "but for what was emptied last");
  assert.equal(slots.size, 1);
  const grown = slots.holding(slot, 3, 400);
  assertHolds(slots, grown, [1, 2, 3]);
});

Deno.test("whole new caches, of which some rows may have moved when others could not, are given up", () => {
  const slots = new KvSlots(WHOLE, 8 * slotBytes(512)), slot = slots.holding(undefined, 0, 3);
  extend(slots, slot, [1, 2, 3], false);
  for (const plane of slot.block.planes) {
    plane.copyFrom = () => {
      throw new MemoryError("the device is full");
    };
  }
  assert.throws(() => slots.holding(slot, 2, 3, 8), MemoryError);
  assert.deepEqual([slots.size, slots.find([1, 2])], [0, undefined]);
});

Deno.test("a prefix that was shortened and could not grow has no logits of what it held before", () => {
  let isFull = false;
  const make: typeof makeBlock = (...args) => {
    if (isFull) throw new MemoryError("no memory is left");
    return makeBlock(...args);
  };
  const slots = new KvSlots(IN_PLACE, 8 * slotBytes(512), () => {}, make), slot = slots.holding(undefined, 0, 125);
  const ids = Array.from({ length: 125 }, (_, index) => index % 3);
  extend(slots, slot, ids, true);
  assert.ok(slots.logitsOf(slot) !== undefined);
  isFull = true;
  assert.throws(() => slots.holding(slot, 117, 137, 16), MemoryError);
  assert.equal(slots.find(ids.slice(0, 117))?.length, 117);
  assert.equal(slots.logitsOf(slot), undefined);
});

Deno.test("without the memory to lie side by side slots stay where they are", () => {
  let isFull = false;
  const make: typeof makeBlock = (...args) => {
    if (isFull) throw new MemoryError("no memory is left");
    return makeBlock(...args);
  };
  const slots = new KvSlots(IN_PLACE, 8 * slotBytes(512), () => {}, make);
  const taken = [[1, 2], [2, 1, 0]].map((ids) => {
    const slot = slots.holding(undefined, 0, ids.length);
    extend(slots, slot, ids, true);
    slot.isHeld = true;
    return slot;
  });
  isFull = true;
  assert.equal(slots.gather(taken), undefined);
  for (const [index, slot] of taken.entries()) assertHolds(slots, slot, [[1, 2], [2, 1, 0]][index] ?? []);
});
