import assert from "node:assert/strict";
import type { Generator } from "../../../lib/generators/generator.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import { PromptTooLongError } from "../../../lib/lm/decode.ts";
import type { GeneratorEvent, ScoredToken } from "../../../lib/lm/event.ts";
import {
  collect,
  CONTEXT,
  ENDLESS,
  fixturePath,
  furthest,
  idsOf,
  readGolden,
  stepsOf,
  TINY_MODELS,
  withEngine,
  withModel,
  withOpened,
} from "./tiny_models.ts";

/** What float32 in another order of operations may cost, in nats. */
const TOLERANCE = 1e-4;

async function scoreOf(generator: Generator, prompt: string, completion: string | readonly number[]) {
  assert.ok(generator.score !== undefined);
  return await generator.score({ prompt, completion, top: 5 });
}

function logprobsOf(scored: readonly ScoredToken[]): readonly number[] {
  return scored.map(({ logprob }) => logprob);
}

const DRIVERS = ["native", "binding"] as const;

/** Open until the test closes it. */
async function openTiny(driver: typeof DRIVERS[number]): Promise<Generator> {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
  return await onnx("fixtures/tiny_gpt2").open({ ...CONTEXT, env });
}

for (const [name, driver] of TINY_MODELS.flatMap((name) => DRIVERS.map((driver) => [name, driver] as const))) {
  Deno.test(`${name}, ${driver}: distributions and scores are PyTorch's`, async () => {
    await withModel(name, async (generator) => {
      assert.equal(generator.facts.contextWindow, name === "tiny_llama_gqa" ? 8192 : 256);
      assert.equal(generator.facts.device, "cpu");
      assert.equal(generator.facts.driver, driver);
      for (const { text, top10, completion, completion_ids, completion_logprobs } of readGolden(name)) {
        const events = await collect(generator.generate({
          prompt: text,
          params: { ...ENDLESS, temperature: 0, maxTokens: 1 },
          top: 10,
        }));
        const top = stepsOf(events)[0]?.top.slice(0, 10) ?? [];
        assert.deepEqual(top.map(({ token }) => token.id), top10.ids, text);
        const distance = furthest(top.map(({ logprob }) => logprob), top10.logprobs);
        assert.ok(distance < TOLERANCE, `top 10 of ${text}: ${distance}`);

        const scored = await scoreOf(generator, text, completion);
        assert.deepEqual(scored.map(({ token }) => token.id), completion_ids, "a completion has no special tokens");
        const off = furthest(logprobsOf(scored), completion_logprobs);
        assert.ok(off < TOLERANCE, `scores of ${completion}: ${off}`);
        assert.deepEqual(await scoreOf(generator, text, completion_ids), scored, "text and ids are scored alike");
      }
    }, driver);
  });

  Deno.test(`${name}, ${driver}: a run depends on its seed alone`, async () => {
    await withModel(name, async (generator) => {
      const params = { ...ENDLESS, seed: 7, maxTokens: 20, n: 2 };
      const run = async (seed: number) =>
        idsOf(await collect(generator.generate({ prompt: "The gulls", params: { ...params, seed }, top: 3 })));
      const alone = await run(7);
      assert.equal(alone.length, 40);
      assert.deepEqual(await run(7), alone, "twice");
      const together = await Promise.all([7, 8, 7, 9].map(run));
      assert.deepEqual([together[0], together[2]], [alone, alone], "among others");
      assert.notDeepEqual(together[1], alone);
    }, driver);
  });

  Deno.test(`${name}, ${driver}: what the cache gives is what a fresh pass gives`, async () => {
    const prompt = "A small garden";
    const base = { ...ENDLESS, seed: 3, maxTokens: 12 };
    const branches: (readonly [readonly number[], readonly number[]])[] = [];
    await withEngine(name, 2 ** 24, async (engine) => {
      // Three branches from one prompt, so that each finds the others' keys and values.
      for (const seed of [3, 4, 3]) {
        const run = await engine.ask({ type: "generate", request: { prompt, params: { ...base, seed }, top: 1 } });
        const events: GeneratorEvent[] = [];
        for (let round; (round = await engine.ask({ type: "pull", run })).length > 0;) events.push(...round);
        branches.push([idsOf(events), stepsOf(events).map(({ logprob }) => logprob ?? NaN)]);
      }
      const { cacheEntries, cacheBytes, openRuns } = await engine.ask({ type: "stats" });
      assert.equal(openRuns, 0);
      assert.ok(cacheEntries >= 2 && cacheBytes > 0, "both branches are kept");
    }, driver);
    await withEngine(name, 0, async (engine) => {
      for (const [ids, logprobs] of branches) {
        const scored = await engine.ask({ type: "score", prompt, completion: ids, top: 1 });
        const distance = furthest(logprobsOf(scored), logprobs);
        assert.ok(distance < TOLERANCE, `${distance}`);
      }
    }, driver);
    const [first, , again] = branches;
    assert.deepEqual(again?.[0], first?.[0], "the way back gives the same ids");
    assert.ok(furthest(again?.[1] ?? [], first?.[1] ?? []) < TOLERANCE);
  });
}

for (const name of ["demo", ...TINY_MODELS] as const) {
  for (const driver of DRIVERS) {
    Deno.test(`${name}, ${driver}: logits are PyTorch's, also in what softmax takes away`, async () => {
      await withOpened(fixturePath(name), driver, async (model) => {
        for (const { text, ids, last_logits } of readGolden(name)) {
          const logits = await model.logits(ids);
          const distance = furthest([...logits.subarray(0, last_logits.length)], last_logits);
          assert.ok(distance < TOLERANCE, `after ${text}: ${distance}`);
        }
      });
    });
  }
}

for (const driver of DRIVERS) {
  Deno.test(`${driver}: a step after a known prefix is one pass`, async () => {
    await withEngine("tiny_gpt2", 2 ** 24, async (engine) => {
      const passes = async () => (await engine.ask({ type: "stats" })).passes;
      const generate = async (prompt: string, maxTokens: number) => {
        const before = await passes();
        const run = await engine.ask({
          type: "generate",
          request: { prompt, params: { ...ENDLESS, maxTokens }, top: 1 },
        });
        while ((await engine.ask({ type: "pull", run })).length > 0);
        return await passes() - before;
      };
      const long = readGolden("tiny_gpt2")[4]?.text ?? "";
      assert.equal(await generate(long, 1), 3, "138 tokens are three chunks");
      assert.equal(await generate(long, 1), 0, "the same prompt again");
      assert.equal(await generate(long, 5), 4, "one a step, the first is known");
    }, driver);
  });

  Deno.test(`${driver}: a completion is scored in as many passes as it has chunks, not tokens`, async () => {
    await withEngine("tiny_gpt2", 2 ** 24, async (engine) => {
      const passes = async () => (await engine.ask({ type: "stats" })).passes;
      const score = async (prompt: readonly number[], completion: readonly number[]) => {
        const before = await passes();
        const scored = await engine.ask({ type: "score", prompt, completion, top: 1 });
        assert.equal(scored.length, completion.length);
        return { passes: await passes() - before, logprobs: logprobsOf(scored) };
      };
      const ids = (count: number, from: number) => Array.from({ length: count }, (_, index) => from + index % 97);
      assert.equal((await score([7, 8, 9], ids(60, 20))).passes, 1, "62 tokens");
      assert.equal((await score([17, 18, 19], ids(100, 21))).passes, 2, "102 tokens");
      // Two chunks of prompt before the first token that is scored, whose logits nobody asks for.
      const long = await score(ids(140, 40), ids(30, 60));
      assert.equal(long.passes, 3, "169 tokens");
      const again = await score(ids(140, 40), ids(30, 60));
      assert.ok(again.passes <= 2, "the prompt is known");
      assert.ok(furthest(again.logprobs, long.logprobs) < TOLERANCE);
      const last = await score([...ids(140, 40), ...ids(29, 60)], ids(30, 60).slice(-1));
      assert.ok(
        furthest(last.logprobs, long.logprobs.slice(-1)) < TOLERANCE,
        "what is kept of a prompt is not taken for its end",
      );
    }, driver);
  });

  Deno.test(`${driver}: a cancel stops a run within two steps`, async () => {
    await withModel("tiny_gpt2", async (generator) => {
      const controller = new AbortController();
      const params = { ...ENDLESS, maxTokens: 200, n: 2 };
      const after = new Set<number>();
      const reasons: string[] = [];
      for await (const event of generator.generate({ prompt: "The", params, top: 1, signal: controller.signal })) {
        if (event.type === "finish") reasons.push(event.reason);
        if (event.type !== "step") continue;
        if (controller.signal.aborted && event.position > 3) after.add(event.position);
        if (event.position === 3) controller.abort();
      }
      assert.ok(after.size <= 2, `${after.size} steps of each sequence after the cancel`);
      assert.deepEqual(reasons, ["cancelled", "cancelled"]);

      const events = await collect(generator.generate({ prompt: "The", params, top: 1, signal: AbortSignal.abort() }));
      assert.deepEqual(events.map(({ type }) => type), ["prompt", "finish", "finish"], "cancelled before it began");
    }, driver);
  });

  Deno.test(`${driver}: a run that is left or that fails is freed`, async () => {
    await withModel("tiny_gpt2", async (generator) => {
      for await (const event of generator.generate({ prompt: "The", params: ENDLESS, top: 1 })) {
        if (event.type === "step") break;
      }
      await assert.rejects(
        collect(generator.generate({ prompt: "waves ".repeat(300), params: ENDLESS, top: 1 })),
        (error) => error instanceof PromptTooLongError && error.contextWindow === 256 && error.promptTokens > 256,
      );
      await assert.rejects(collect(generator.generate({ prompt: "", params: ENDLESS, top: 1 })), /empty prompt/);
      await assert.rejects(scoreOf(generator, "The", [4000]), { name: "CompletionError", message: /4000/ });
      const events = await collect(generator.generate({ prompt: "The", params: { ...ENDLESS, maxTokens: 2 }, top: 1 }));
      assert.equal(idsOf(events).length, 2, "the model still works");
    }, driver);
    await withEngine("tiny_gpt2", 2 ** 20, async (engine) => {
      const openRuns = async () => (await engine.ask({ type: "stats" })).openRuns;
      const run = await engine.ask({ type: "generate", request: { prompt: "The", params: ENDLESS, top: 1 } });
      assert.equal(await openRuns(), 1);
      await engine.ask({ type: "pull", run });
      await engine.ask({ type: "cancel", id: run });
      while ((await engine.ask({ type: "pull", run })).length > 0);
      assert.equal(await openRuns(), 0);
      const tooLong = await engine.ask({ type: "generate", request: { prompt: "", params: ENDLESS, top: 1 } });
      await assert.rejects(engine.ask({ type: "pull", run: tooLong }));
      assert.equal(await openRuns(), 0);
    }, driver);
  });

  Deno.test(`${driver}: a run fills the window and ends there`, async () => {
    await withModel("tiny_llama", async (generator) => {
      const prompt = readGolden("tiny_llama")[4];
      const params = { ...ENDLESS, maxTokens: 1000 };
      const events = await collect(generator.generate({ prompt: prompt?.text ?? "", params, top: 1 }));
      const finish = events.at(-1);
      assert.ok(finish?.type === "finish");
      assert.equal(finish.reason, "length");
      assert.equal((finish.usage.promptTokens ?? 0) + finish.usage.completionTokens, 256);
    }, driver);
  });

  Deno.test(`${driver}: ids without a token are shown as unused`, async () => {
    await withModel("tiny_llama", async (generator) => {
      assert.equal(generator.facts.vocabularySize, 320);
      const [scored] = await scoreOf(generator, "The", [319]);
      assert.deepEqual(scored?.token, { id: 319, text: "⟨unused 319⟩", bytes: [], special: true });
    }, driver);
  });

  Deno.test(`${driver}: the thread that serves pages goes on between events`, async () => {
    await withModel("tiny_gpt2", async (generator) => {
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      await collect(generator.generate({ prompt: "The", params: { ...ENDLESS, maxTokens: 200 }, top: 10 }));
      clearInterval(timer);
      assert.ok(ticks > 5, `${ticks} ticks during 200 steps`);
    }, driver);
  });

  Deno.test(`${driver}: close ends what is under way and refuses what comes later`, async () => {
    const generator = await openTiny(driver);
    const controller = new AbortController();
    const { signal } = controller;
    const pending = assert.rejects(
      collect(generator.generate({ prompt: "The", params: { ...ENDLESS, maxTokens: 250 }, top: 1, signal })),
      { message: "The model was closed" },
    );
    const tokens = assert.rejects(generator.tokenize?.("text") ?? Promise.resolve(), {
      message: "The model was closed",
    });
    await generator.close();
    controller.abort();
    await Promise.all([pending, tokens]);
    await assert.rejects(collect(generator.generate({ prompt: "The", params: ENDLESS, top: 1 })), /was closed/);
    await assert.rejects(scoreOf(generator, "The", " end"), /was closed/);
    await generator.close();
  });

  Deno.test(`${driver}: an abort at the moment of the close is not an unhandled rejection`, async () => {
    const generator = await openTiny(driver);
    const controller = new AbortController();
    const { signal } = controller;
    const events = generator.generate({ prompt: "The", params: ENDLESS, top: 1, signal });
    await events.next();
    // More of them than can have come by now, which are given first.
    const rest = assert.rejects(Promise.all(Array.from({ length: 20 }, () => events.next())), /was closed/);
    controller.abort();
    await generator.close();
    await rest;
  });
}
