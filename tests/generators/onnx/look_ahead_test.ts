import assert from "node:assert/strict";
import { LookAhead } from "../../../lib/generators/onnx/look_ahead.ts";
import { readSettings } from "../../../lib/generators/onnx/settings.ts";
import { Engine } from "../../../lib/generators/onnx/engine.ts";
import type { LanguageModel } from "../../../lib/lm/model.ts";
import { NextTokens } from "../../../lib/lm/next.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import type { TokenId } from "../../../lib/lm/token.ts";
import { FakeClock, settled } from "../../rig/fake_clock.ts";
import { CONTEXT, ENDLESS, fixturePath, withOpened } from "./tiny_models.ts";
import { until } from "../../rig/until.ts";

/** Twelve tokens, of which the most probable after any other is the next one; a pass takes up to `rows` prefixes. */
class CountedModel implements LanguageModel {
  readonly vocabularySize = 12;
  readonly endIds = new Set<TokenId>();
  /** Prefixes of each pass. */
  readonly passes: string[][] = [];
  /** What a pass waits for. */
  gate: Promise<void> = Promise.resolve();
  #waiting: { readonly ids: readonly TokenId[]; readonly tell: (logits: Float32Array) => void }[] = [];
  #isWorking = false;

  constructor(readonly rows: number, readonly contextWindow = 64) {}

  get isIdle(): boolean {
    return !this.#isWorking;
  }

  encode(text: string): readonly TokenId[] {
    return Array.from(text, Number);
  }

  token(id: TokenId) {
    return { id, text: `${id}`, bytes: [] };
  }

  async logits(ids: readonly TokenId[], signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    const logits = new Promise<Float32Array>((tell) => void this.#waiting.push({ ids, tell }));
    if (!this.#isWorking) void this.#work();
    return await logits;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#waiting.splice(0, this.rows);
      this.passes.push(taken.map(({ ids }) => ids.join()));
      await this.gate;
      for (const { ids, tell } of taken) {
        tell(Float32Array.from({ length: 12 }, (_, id) => -((id - ids.length + 12) % 12)));
      }
    }
    this.#isWorking = false;
  }
}

const STEP = { prompt: "1", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 10 };

function watched(model: CountedModel) {
  const clock = new FakeClock();
  const steps = new NextTokens(model);
  const ahead = new LookAhead(steps, () => model.isIdle, (ms, fire) => clock.after(ms, fire));
  const show = async (path: readonly TokenId[]) => {
    ahead.yield();
    const next = await steps.at({ ...STEP, path });
    ahead.from({ ...STEP, path });
    return next;
  };
  return { clock, steps, ahead, show };
}

Deno.test("each of a step's eight most probable tokens is a look-up, after one pass over all of them", async () => {
  const model = new CountedModel(16);
  const { clock, show } = watched(model);
  const { step } = await show([]);
  await clock.pass(49);
  assert.equal(model.passes.length, 1, "not before 50 ms");
  await clock.pass(1);
  const top = step.top.slice(0, 8).map(({ token }) => token.id);
  assert.deepEqual(model.passes, [["1"], top.map((id) => `1,${id}`)]);
  for (const id of top) {
    const before: number = model.passes.length;
    const { step } = await show([id]);
    assert.equal(model.passes.length, before, `token ${id}`);
    assert.equal(step.top[0]?.token.id, 2, "and it is that token's distribution");
  }
  await show([step.top[8]?.token.id ?? -1]);
  assert.equal(model.passes.length, 3, "the ninth costs a pass");
});

Deno.test("what was looked at already is not computed again, and the window is not passed", async () => {
  const model = new CountedModel(16, 3);
  const { clock, show } = watched(model);
  await show([]);
  await clock.pass(50);
  await show([]);
  await clock.pass(1000);
  assert.equal(model.passes.length, 2);
  await show([1]);
  await clock.pass(1000);
  assert.equal(model.passes.length, 2, "one more token fits, and none after it");
});

Deno.test("whoever asks meanwhile waits for one pass at most, and the rest is done when the model is idle again", async () => {
  const model = new CountedModel(2);
  const { clock, ahead, show } = watched(model);
  await show([]);
  const { promise, resolve } = Promise.withResolvers<void>();
  model.gate = promise;
  await clock.pass(50);
  assert.equal(model.passes.length, 2, "a pass over two of the eight is under way");
  ahead.yield();
  const asked = model.logits([5, 5, 5]);
  resolve();
  await asked;
  assert.deepEqual(model.passes[2], ["5,5,5"]);
  await settled();
  assert.equal(model.passes.length, 3, "nothing more of the look ahead");
  await clock.pass(49);
  assert.equal(model.passes.length, 3);
  await clock.pass(1);
  assert.equal(model.passes.length, 6, "the other six, two a pass");
  await show([2]);
  assert.equal(model.passes.length, 6);
});

Deno.test("while somebody waits for the model nothing is looked ahead", async () => {
  const model = new CountedModel(16);
  const { clock, show } = watched(model);
  await show([]);
  const { promise, resolve } = Promise.withResolvers<void>();
  model.gate = promise;
  const asked = model.logits([5, 5]);
  await clock.pass(500);
  assert.equal(model.passes.length, 2);
  resolve();
  await asked;
  await clock.pass(50);
  assert.equal(model.passes.length, 3);
});

const DEMO = new URL("models/demo", CONTEXT.rootUrl).pathname;

for (const [driver, passes] of [["native", 1], ["binding", 8]] as const) {
  Deno.test(`${driver}: the embedded model looks ahead in ${passes} passes, to the same numbers as without`, async () => {
    const step = { prompt: "One day", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 10 };
    const top = await withOpened(
      DEMO,
      driver,
      async (model) => (await new NextTokens(model).at(step)).step.top.slice(0, 8),
    );
    const alone = await withOpened(DEMO, driver, async (model) => {
      const steps = new NextTokens(model);
      return await Promise.all(top.map(async ({ token }) => (await steps.at({ ...step, path: [token.id] })).step.top));
    });
    await withOpened(DEMO, driver, async (model) => {
      const steps = new NextTokens(model);
      await steps.at(step);
      const before = model.passes;
      await steps.lookAhead(step, 8, new AbortController().signal);
      assert.equal(model.passes - before, passes);
      for (const [index, { token }] of top.entries()) {
        const { step: taken } = await steps.at({ ...step, path: [token.id] });
        const computed = alone[index] ?? [];
        assert.deepEqual(taken.top.map(({ token }) => token.id), computed.map(({ token }) => token.id));
        for (const [place, { logprob }] of taken.top.entries()) {
          assert.ok(Math.abs(logprob - (computed[place]?.logprob ?? NaN)) < 1e-4);
        }
      }
      assert.equal(model.passes - before, passes, "each was a look-up");
    });
  });
}

for (const looksAhead of [true, false]) {
  Deno.test(`a model's thread ${looksAhead ? "looks" : "does not look"} ahead when it is told so`, async () => {
    const engine = new Engine();
    try {
      const settings = { ...readSettings(() => undefined), looksAhead };
      const path = fixturePath("tiny_gpt2");
      const request = { path, precision: "fp32", device: "cpu", settings, cacheDir: CONTEXT.cacheDir } as const;
      await engine.ask({ type: "load", request });
      const passes = async () => (await engine.ask({ type: "stats" })).passes;
      const before = await passes();
      const step = { prompt: "The gulls", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 10 };
      await engine.ask({ type: "next", request: step });
      const until = performance.now() + (looksAhead ? 10_000 : 200);
      while (await passes() < before + 2 && performance.now() < until);
      assert.equal(await passes() - before > 1, looksAhead);
    } finally {
      await engine.close();
    }
  });
}

Deno.test("a run that begins while the model looks ahead is the run that it is alone", async () => {
  const engine = new Engine();
  try {
    const settings = readSettings(() => undefined);
    const folder = fixturePath("tiny_gpt2");
    const request = { path: folder, precision: "fp32", device: "cpu", settings, cacheDir: CONTEXT.cacheDir } as const;
    await engine.ask({ type: "load", request });
    const idsOf = async () => {
      const params = { ...ENDLESS, seed: 5, maxTokens: 12 };
      const run = await engine.ask({ type: "generate", request: { prompt: "The gulls", params, top: 1 } });
      const ids: TokenId[] = [];
      for (let events; (events = await engine.ask({ type: "pull", run })).length > 0;) {
        ids.push(...events.flatMap((event) => event.type === "step" ? [event.token.id] : []));
      }
      return ids;
    };
    const alone = await idsOf();
    const step = { prompt: "The gulls", path: alone.slice(0, 2), params: ENDLESS, offset: 0, limit: 10 };
    const passes = async () => (await engine.ask({ type: "stats" })).passes;
    const before = await passes();
    await engine.ask({ type: "next", request: step });
    await until("a pass ahead, after the one of the step", async () => await passes() > before + 1);
    assert.deepEqual(await idsOf(), alone);
  } finally {
    await engine.close();
  }
});
