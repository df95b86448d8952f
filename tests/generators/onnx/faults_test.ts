/** What goes wrong while a model runs is told to whoever asked, by name; everybody else goes on. */
import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { BindingModel } from "../../../lib/generators/onnx/binding/binding_model.ts";
import { MemoryError } from "../../../lib/generators/onnx/memory_error.ts";
import { type KvShape, type KvSlot, makeBlock } from "../../../lib/generators/onnx/native/kv_block.ts";
import { HostMemory, type HostPlane } from "../../../lib/generators/onnx/native/kv_memory.ts";
import { KvSlots } from "../../../lib/generators/onnx/native/kv_slots.ts";
import { checkRelease, OrtLibrary } from "../../../lib/generators/onnx/native/library.ts";
import type { Passes } from "../../../lib/generators/onnx/native/passes.ts";
import { Scheduler } from "../../../lib/generators/onnx/native/scheduler.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { Tokenizer } from "../../../lib/generators/onnx/tokenizer.ts";
import { LogitsError } from "../../../lib/lm/model_logits.ts";
import type { TokenId } from "../../../lib/lm/token.ts";
import { generationProblem } from "../../../lib/server/generation_problem.ts";
import { withWeights } from "../../rig/onnx_bytes.ts";
import { collect, CONTEXT, copyModel, ENDLESS, idsOf } from "./tiny_models.ts";

/** A token of its own in every text, and in no other prompt here. */
const POISONED = "Q";

/** A tiny llama, in which the embedding of one token is not a number. */
async function withPoisoned(
  name: "tiny_llama" | "tiny_llama_fixed",
  driver: string,
  run: (generator: Generator) => Promise<void>,
): Promise<void> {
  const { root, folder } = await copyModel(name), graph = `${folder}/onnx/model.onnx`;
  const { model } = JSON.parse(await Deno.readTextFile(`${folder}/tokenizer.json`));
  const id: number = model.vocab[POISONED], width = 32;
  const poisoned = withWeights(
    await Deno.readFile(graph),
    "embed_tokens",
    (weights) => void weights.fill(NaN, id * width, (id + 1) * width),
  );
  await Deno.writeFile(graph, poisoned);
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
  const generator = await onnx(`file://${folder}`).open({ ...CONTEXT, env });
  try {
    await run(generator);
  } finally {
    await generator.close();
    await Deno.remove(root, { recursive: true });
  }
}

const POISONED_MODELS = ["tiny_llama", "tiny_llama_fixed"] as const;
for (
  const [name, driver] of POISONED_MODELS.flatMap((name) =>
    ["native", "binding"].map((driver) => [name, driver] as const)
  )
) {
  Deno.test(`${name}, ${driver}: logits that are not numbers are told with position and count, and others go on`, async () => {
    await withPoisoned(name, driver, async (generator) => {
      const params = { ...ENDLESS, maxTokens: 8, logitBias: { 0: -Infinity } };
      const run = (prompt: string) => collect(generator.generate({ prompt, params, top: 1 }));
      const alone = idsOf(await run("The ferry"));
      const isNamed = (error: unknown) => {
        assert.ok(error instanceof LogitsError);
        const { status, title, detail } = generationProblem(error, "tiny");
        assert.deepEqual([status, title], [500, "Generator failed"]);
        const start = `The generator "tiny" failed: Cannot use the model's logits at position 0: `;
        assert.ok(detail.startsWith(`${start}320 of 320 are NaN or Infinity, the first is NaN of token id 0`), detail);
        return true;
      };
      const [good, , other] = await Promise.all([
        run("The ferry"),
        assert.rejects(run(`The ferry${POISONED}`), isNamed),
        run("The gulls"),
      ]);
      assert.deepEqual([idsOf(good), idsOf(other).length], [alone, 8]);
      // Read in one pass, it spoils the positions before it too: this graph adds its mask to what it masks.
      await assert.rejects(
        generator.score?.({ prompt: "The", completion: `ab${POISONED}a`, top: 1 }) ?? Promise.resolve(),
        isNamed,
      );
      assert.deepEqual(idsOf(await run("The ferry")), alone, "and the next works");
      // What was read before it in that pass is read anew, by whoever asks for it alone.
      await assert.rejects(run(`A lighthouse keeper${POISONED}`), isNamed);
      assert.equal(idsOf(await run("A lighthouse keeper")).length, 8);
    });
  });
}

const SHAPE: KvShape = {
  tensors: 1,
  heads: 1,
  width: 1,
  window: 512,
  vocabulary: 2,
  isInPlace: true,
  memory: new HostMemory(),
};

/** Passes whose logits are the last id and the sum of all that their slot holds, and whose memory and runs fail when they are told to. */
class FailingPasses implements Passes {
  readonly chunks = { scored: 64, shared: 64, alone: 64 };
  count = 0;
  failure: string | undefined;
  blocksLeft = Infinity;
  readonly cache: KvSlots;

  constructor(kvBytes: number) {
    this.cache = new KvSlots(SHAPE, kvBytes, () => {}, (shape, lanes, capacity) => {
      if (this.blocksLeft-- <= 0) throw new MemoryError("no 3 MB of memory are left");
      return makeBlock(shape, lanes, capacity);
    });
  }

  mostRows(): number {
    return 16;
  }

  extend(slot: KvSlot, ids: readonly TokenId[]): readonly Float32Array[] {
    if (this.failure !== undefined) throw new Error(this.failure);
    this.count++;
    slot.ids.push(...ids);
    return [Float32Array.of(slot.ids.at(-1) ?? NaN, slot.ids.reduce((sum, id) => sum + id, 0))];
  }

  extendEach(slots: readonly KvSlot[], ids: readonly TokenId[]): readonly Float32Array[] {
    this.cache.gather(slots);
    return slots.flatMap((slot, index) => this.extend(slot, ids.slice(index, index + 1)));
  }
}

function scheduled(kvBytes: number) {
  const passes = new FailingPasses(kvBytes);
  const scheduler = new Scheduler(passes);
  const ask = async (...ids: TokenId[]) => {
    const seen: number[] = [];
    await scheduler.do({ ids, from: ids.length - 1, visit: (logits) => void seen.push(...logits) });
    return seen;
  };
  return { passes, scheduler, ask };
}

Deno.test("memory for keys and values that is not to be had ends the request for which it was wanted, by name", async () => {
  const { passes, scheduler, ask } = scheduled(2 ** 20);
  passes.blocksLeft = 1;
  const [first, second] = await Promise.allSettled([ask(1, 2, 3), ask(4, 5, 6)]);
  assert.equal(first.status, "fulfilled");
  assert.ok(second.status === "rejected" && second.reason instanceof MemoryError);
  assert.ok(scheduler.isIdle);
  const { status, title, detail } = generationProblem(second.reason, "tiny");
  assert.deepEqual([status, title], [503, "Out of memory"]);
  assert.match(detail, /^The generator "tiny" failed: no 3 MB of memory are left; free some, .*VISUALLM_KV_MB/);
  passes.blocksLeft = Infinity;
  await ask(4, 5, 6);
});

Deno.test("what nobody uses is dropped before a request is refused for want of memory", async () => {
  const { passes, ask } = scheduled(2 ** 20);
  await ask(1, 2, 3);
  await ask(4, 5, 6);
  assert.equal(passes.cache.size, 2);
  let refusals = 1;
  Object.defineProperty(passes, "blocksLeft", { get: () => refusals-- > 0 ? 0 : Infinity, set: () => {} });
  await ask(7, 8, 9);
  assert.equal(passes.cache.size, 1);
});

/** What JavaScript says where an array finds no room. */
function beyondAnyMachine(): string {
  try {
    return `there is room for ${new ArrayBuffer(Number.MAX_SAFE_INTEGER).byteLength} bytes`;
  } catch (error) {
    return error instanceof RangeError ? error.message : assert.fail();
  }
}

Deno.test("a pass for which the runtime or an array has no memory is told as such, and the next one works", async () => {
  const { passes, scheduler, ask } = scheduled(2 ** 20);
  await ask(1);
  const ofTheRuntime = ["std::bad_alloc", "Failed to allocate memory for requested buffer of size 123"];
  for (const failure of [...ofTheRuntime, beyondAnyMachine()]) {
    passes.failure = failure;
    await assert.rejects(
      ask(1, 2),
      (error) =>
        error instanceof MemoryError && error.message.includes(failure) &&
        generationProblem(error, "tiny").title === "Out of memory",
    );
    assert.ok(scheduler.isIdle);
  }
  passes.failure = "Non-zero status code returned while running Gather node";
  await assert.rejects(ask(1, 2), (error) => !(error instanceof MemoryError));
  passes.failure = undefined;
  await ask(1, 2);
});

Deno.test("by the portable driver too: what its binding throws, and an array that it is to be given", async () => {
  let failsAt: "run" | "tensor" | undefined;
  const failure = new RangeError(beyondAnyMachine());
  const model = await BindingModel.open({
    session: {
      inputNames: ["input_ids", "past_key_values.0.key"],
      outputNames: ["logits", "present.0.key"],
      run({ input_ids }) {
        if (failsAt === "run") return Promise.reject(failure);
        const [, positions = 0] = input_ids?.dims ?? [];
        const logits = { data: new Float32Array(2 * positions), dims: [1, positions, 2] };
        return Promise.resolve({ logits, "present.0.key": { data: new Float32Array(1), dims: [1, 1, 1, 1] } });
      },
      release: () => Promise.resolve(),
    },
    makeTensor(_, data, dims) {
      if (failsAt === "tensor") throw failure;
      return { data, dims };
    },
    tokenizer: new Tokenizer({
      vocabulary: new Map(),
      specialIds: new Set(),
      addedIds: new Set(),
      alphabet: "byte-level",
      encode: () => [],
      encodeContinuation: () => [],
    }),
    endIds: new Set(),
    contextWindow: 8,
    kvHeads: 1,
    headWidth: 1,
    kvBytes: 1024,
  });
  for (failsAt of ["run", "tensor"] as const) {
    await assert.rejects(model.logits([1]), { name: "MemoryError", message: /allocation failed/ }, failsAt);
    await assert.rejects(model.eachLogits([1, 0], 0, () => {}), { name: "MemoryError" }, failsAt);
  }
  failsAt = undefined;
  assert.deepEqual([...await model.logits([1])], [0, 0]);
  assert.ok(model.isIdle);
});

Deno.test("whoever asks for a pass has time to tell what it had to before the pass blocks the thread", async () => {
  const { passes, ask } = scheduled(2 ** 20);
  const asked = ask(1);
  for (let told = 0; told < 20; told++) await Promise.resolve();
  assert.equal(passes.cache.size, 0);
  await asked;
  assert.equal(passes.cache.size, 1);
});

Deno.test("a small bound on keys and values makes requests slower, not wrong", async () => {
  const passesWithin = async (kvBytes: number) => {
    const { passes, ask } = scheduled(kvBytes);
    const together = await Promise.all([ask(1, 2, 3), ask(4, 5, 6), ask(1, 2, 4), ask(7)]);
    assert.deepEqual(together, [[3, 6], [6, 15], [4, 7], [7, 7]], `${kvBytes} bytes`);
    assert.deepEqual(await ask(1, 2, 3, 4), [4, 10], `${kvBytes} bytes`);
    assert.ok(passes.cache.size >= 1);
    return passes.count;
  };
  const most = await passesWithin(2 ** 20);
  for (const kvBytes of [0, 1, 2000]) assert.ok(await passesWithin(kvBytes) >= most, `${kvBytes} bytes`);
});

Deno.test("memory beyond any machine's is refused by its size", () => {
  const shape = { ...SHAPE, heads: 2 ** 20, width: 2 ** 20, window: 2 ** 20 };
  assert.throws(() => makeBlock(shape, 1, 2 ** 10), {
    name: "MemoryError",
    message: /^Cannot keep keys and values of 1024 tokens: no \d+ MB of memory are left$/,
  });
});

Deno.test("logits that find no memory beside keys and values are refused in the same words, and nothing stays behind", () => {
  const made: HostPlane[] = [];
  class Counted extends HostMemory {
    override plane(elements: number): HostPlane {
      const plane = super.plane(elements);
      made.push(plane);
      return plane;
    }
  }
  const shape = { ...SHAPE, tensors: 2, vocabulary: 2 ** 50, memory: new Counted() };
  assert.throws(() => makeBlock(shape, 1, 16), { name: "MemoryError", message: /of 16 tokens: no \d+ MB of memory/ });
  assert.deepEqual(made.map(({ data }) => data.byteLength), [0, 0]);
});

Deno.test("a library of another release, or of something else, is not called", () => {
  checkRelease("1.30.7");
  assert.throws(() => checkRelease("1.31.0"), /Cannot use ONNX Runtime 1\.31\.0: expected a release of 1\.30\.x/);
  const file = new URL("models/demo/config.json", CONTEXT.rootUrl).pathname;
  assert.throws(() => OrtLibrary.open(file), /config\.json/);
});
