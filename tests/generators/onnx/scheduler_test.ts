/** What is computed when several ask at once, with passes that note what they are asked. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { blockBytes, type KvShape, type KvSlot } from "../../../lib/generators/onnx/native/kv_block.ts";
import { HostMemory } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";
import type { Passes } from "../../../lib/generators/onnx/native/passes.ts";
import { Scheduler } from "../../../lib/generators/onnx/native/scheduler.ts";
import type { TokenId } from "../../../lib/lm/token.ts";
import { until } from "../../rig/until.ts";
import { ENDLESS, withEngine } from "./tiny_models.ts";

const SHAPE: KvShape = {
  tensors: 1,
  heads: 1,
  width: 1,
  window: 4096,
  vocabulary: 1,
  isInPlace: true,
  memory: new HostMemory(),
};
/** What the smallest slot takes. */
const SLOT = blockBytes(SHAPE, 1, 128);

/** Passes whose logits are the sum of all ids, and which note what they do. */
class NotingPasses implements Passes {
  readonly chunks = { scored: 64, shared: 64, alone: 64 };
  readonly cache: KvSlots;
  count = 0;
  /** Tokens that were read, again or for the first time. */
  read = 0;
  /** Most bytes that a pass found. */
  most = 0;
  onPass = (_count: number): unknown => undefined;

  constructor(readonly kvBytes: number) {
    this.cache = new KvSlots(SHAPE, kvBytes);
  }

  mostRows(total: number): number {
    return this.cache.mostLanes(total);
  }

  extend(slot: KvSlot, ids: readonly TokenId[]): readonly Float32Array[] {
    this.count++;
    return [this.#extended(slot, ids)];
  }

  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    if (this.cache.gather(slots) === undefined) {
      return slots.flatMap((slot, index) => this.extend(slot, ids.slice(index, index + 1)));
    }
    this.count++;
    return slots.map((slot, index) => this.#extended(slot, ids.slice(index, index + 1)));
  }

  #extended(slot: KvSlot, ids: readonly TokenId[]): Float32Array {
    slot.ids.push(...ids);
    slot.hasLogits = true;
    this.read += ids.length;
    this.most = Math.max(this.most, this.cache.bytes);
    this.onPass(this.count);
    const logits = this.cache.logitsOf(slot) ?? assert.fail();
    logits[0] = sum(slot.ids);
    return logits;
  }
}

function scheduled(kvBytes: number) {
  const passes = new NotingPasses(kvBytes);
  const scheduler = new Scheduler(passes);
  const ended: string[] = [];
  /** A completion: one token after the other, each the number of those before it. */
  const run = async (
    name: string,
    prompt: readonly TokenId[],
    tokens: number,
    signal = new AbortController().signal,
  ) => {
    const ids = [...prompt];
    for (let step = 0; step < tokens; step++) {
      let logits = NaN;
      const visit = ([found = NaN]: Float32Array) => void (logits = found);
      await scheduler.do({ ids: [...ids], from: ids.length - 1, visit, signal });
      assert.equal(logits, sum(ids));
      ids.push(ids.length % 7);
    }
    ended.push(name);
  };
  return { passes, scheduler, run, ended };
}

function sum(ids: readonly TokenId[]): number {
  return ids.reduce((total, id) => total + id, 0);
}

/** Prompts that begin differently. */
function prompt(first: TokenId, length: number): TokenId[] {
  return Array.from({ length }, (_, index) => index === 0 ? 100 + first : index % 5);
}

Deno.test("more completions than one pass takes share passes, and none drops what another one goes on from", async () => {
  const { passes, run } = scheduled(2 ** 30);
  await Promise.all(Array.from({ length: 40 }, (_, index) => run(`${index}`, prompt(index, 10), 20)));
  assert.equal(passes.read, 40 * (10 + 19));
  assert.ok(passes.count < 40 * 20 / 5, `${passes.count} passes`);
});

Deno.test("prompts that together need more than the bound wait for each other, and are read once", async () => {
  for (const fitting of [1, 2, 3, 5, 9]) {
    const bound = fitting * SLOT, { passes, run } = scheduled(bound);
    await Promise.all(Array.from({ length: 8 }, (_, index) => run(`${index}`, prompt(index, 10), 12)));
    assert.ok(passes.most <= bound, `${passes.most} bytes of ${bound}`);
    assert.equal(passes.read, 8 * (10 + 11), `room for ${fitting}`);
    if (fitting >= 5) assert.ok(passes.count < 8 * 12 / 2, `${passes.count} passes`);
  }
});

Deno.test("a prompt that waits for memory has its turn before others have ended, and those go on", async () => {
  // Each of two has room, whatever it comes to.
  const bound = 2 * blockBytes(SHAPE, 1, 512), { passes, run, ended } = scheduled(bound);
  const long = [run("long", prompt(1, 300), 200), run("longer", prompt(2, 300), 210)];
  await run("short", prompt(3, 10), 5);
  assert.deepEqual(ended, ["short"]);
  await Promise.all(long);
  assert.deepEqual(ended, ["short", "long", "longer"]);
  assert.ok(passes.most <= bound, `${passes.most} bytes of ${bound}`);
  const once = 300 + 199 + 300 + 209 + 10 + 4;
  assert.ok(passes.read > once && passes.read < 2 * once, `${passes.read} tokens read, of ${once}`);
});

Deno.test("one run that is alone takes what it needs, and gives it back when nobody goes on", async () => {
  const { passes, scheduler, run } = scheduled(3 * SLOT), { signal } = new AbortController();
  await Promise.all(Array.from({ length: 8 }, (_, index) => run(`${index}`, prompt(index, 10), 20, signal)));
  assert.equal(passes.read, 8 * (10 + 19));
  assert.ok(passes.most >= 8 * SLOT, `${passes.most} bytes`);
  scheduler.rest();
  await until("it rests", () => passes.cache.bytes <= 3 * SLOT);
  assert.ok(passes.cache.size >= 1);
});

Deno.test("an engine whose only run took more than the bound has given it back when the run is over", async () => {
  // One prefix takes 66,816 bytes.
  const bound = 3 * 66_816;
  await withEngine("tiny_llama_gqa", bound, async (engine) => {
    const bytes = async () => (await engine.ask({ type: "stats" })).cacheBytes;
    const request = { prompt: "The", params: { ...ENDLESS, maxTokens: 12, n: 8 }, top: 1 };
    const run = await engine.ask({ type: "generate", request });
    let most = 0;
    while ((await engine.ask({ type: "pull", run })).length > 0) most = Math.max(most, await bytes());
    assert.ok(most > bound, `${most} bytes`);
    await until("it rests", async () => await bytes() <= bound);
  }, "native");
});

Deno.test("what is only tried takes no more than the bound, though it is asked for by one", async () => {
  const { passes, scheduler } = scheduled(3 * SLOT), { signal } = new AbortController();
  await Promise.all(Array.from({ length: 8 }, (_, index) => {
    const ids = prompt(index, 10);
    return scheduler.do({ ids, from: 9, visit: () => {}, signal, isTried: true });
  }));
  assert.ok(passes.most <= 3 * SLOT, `${passes.most} bytes`);
});

Deno.test("whoever leaves while it waits for memory is told so, and others go on", async () => {
  const { passes, scheduler, run, ended } = scheduled(SLOT), leaving = new AbortController();
  const staying = run("staying", prompt(1, 10), 60);
  const left = assert.rejects(run("left", prompt(2, 10), 60, leaving.signal), { name: "AbortError" });
  passes.onPass = (count) => count === 10 && leaving.abort();
  await Promise.all([left, staying]);
  assert.deepEqual(ended, ["staying"]);
  assert.ok(scheduler.isIdle);
});

Deno.test("whatever is asked at once is answered right, within the bound or one prefix", async () => {
  const asked = fc.record({ length: fc.integer({ min: 1, max: 400 }), tokens: fc.integer({ min: 1, max: 60 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 20 }), fc.nat(30), async (all, fitting) => {
      const { passes, scheduler, run } = scheduled(fitting * SLOT);
      await Promise.all(all.map(({ length, tokens }, index) => run("", prompt(index % 5, length), tokens)));
      const longest = Math.max(...all.map(({ length, tokens }) => length + tokens));
      const largest = blockBytes(SHAPE, 1, [128, 256, 512].find((capacity) => capacity >= longest) ?? NaN);
      const bound = Math.max(fitting * SLOT, largest);
      assert.ok(passes.most <= bound, `${passes.most} bytes of ${bound}`);
      scheduler.rest();
      await until("it rests", () => passes.cache.bytes <= Math.max(fitting * SLOT, largest));
    }),
    { numRuns: 60, seed: 13 },
  );
});
