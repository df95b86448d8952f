/** M3: Keys and values stay within their bound, and what was dropped is computed again to the same logits. */
import assert from "node:assert/strict";
import { Engine } from "../../lib/generators/onnx/engine.ts";
import { readSettings } from "../../lib/generators/onnx/settings.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { measured } from "../rig/measured.ts";

const ROOT = new URL("../../", import.meta.url);
const PREFIXES = 1000, AT_ONCE = 16, COMPARED = 40, RUN_TOKENS = 40;
const TOLERANCE = 1e-4;
/** Room for four prefixes, or for two and for what passes need beside; sixteen are asked for at once. */
const BOUND = 320 * 1024;

/** Different ones of 1 to 120 tokens; many begin alike. */
function prefixOf(index: number): number[] {
  return Array.from(
    { length: 1 + index * 37 % 120 },
    (_, place) => 1 + (place < 10 ? index % 7 : index * 31 + place * 17) % 290,
  );
}

async function withEngine(model: string, driver: "native" | "binding", run: (engine: Engine) => Promise<void>) {
  const engine = new Engine();
  try {
    const settings = { ...readSettings(() => undefined), driver, kvBytes: BOUND };
    const path = new URL(`tests/fixtures/${model}`, ROOT).pathname;
    const cacheDir = new URL(".cache", ROOT).pathname;
    await engine.ask({ type: "load", request: { path, precision: "fp32", device: "cpu", settings, cacheDir } });
    await run(engine);
  } finally {
    await engine.close();
  }
}

/** Keys and values while `work` is under way, and after it: the most that was found. */
async function mostBytes(engine: Engine, work: Promise<unknown>): Promise<number> {
  let isOver = false, most = 0;
  const end = work.finally(() => isOver = true);
  for (let looks = 0; looks === 0 || !isOver; looks++) {
    most = Math.max(most, (await engine.ask({ type: "stats" })).cacheBytes);
  }
  await end;
  return Math.max(most, (await engine.ask({ type: "stats" })).cacheBytes);
}

/** A completion of its own, seeded by the prompt's number. */
async function complete(engine: Engine, index: number): Promise<void> {
  const params = { ...DEFAULT_PARAMS, maxTokens: 120 + RUN_TOKENS, seed: index };
  const run = await engine.ask({ type: "generate", request: { prompt: "The", path: prefixOf(index), params, top: 1 } });
  while ((await engine.ask({ type: "pull", run })).length > 0);
}

async function logprobsAfter(engine: Engine, path: readonly number[]): Promise<readonly number[]> {
  const request = { prompt: "The", path, params: DEFAULT_PARAMS, offset: 0, limit: 50 };
  const { step } = await engine.ask({ type: "next", request });
  return step.top.toSorted((one, other) => one.token.id - other.token.id).map(({ logprob }) => logprob);
}

Deno.test("M3: 1,000 different prefixes on two models by two drivers, one by one, sixteen at once, and completions", async () => {
  let most = 0, furthest = 0, dropped = 0;
  const bounded = async (engine: Engine, what: string, work: Promise<unknown>) => {
    const bytes = await mostBytes(engine, work);
    assert.ok(bytes <= BOUND, `${bytes} bytes: ${what}`);
    most = Math.max(most, bytes);
  };
  for (const model of ["tiny_llama_gqa", "tiny_gpt2"]) {
    for (const driver of ["native", "binding"] as const) {
      await withEngine(model, driver, async (engine) => {
        const before: (readonly number[])[] = [];
        for (let index = 0; index < PREFIXES;) {
          const count = index < PREFIXES / 2 ? 1 : AT_ONCE;
          const paths = Array.from(
            { length: Math.min(count, PREFIXES - index) },
            (_, place) => prefixOf(index + place),
          );
          const found = Promise.all(paths.map((path) => logprobsAfter(engine, path)));
          await bounded(engine, `${count} at once from prefix ${index} of ${model}, ${driver}`, found);
          if (before.length < COMPARED) before.push(...await found);
          index += paths.length;
        }
        const completions = Promise.all(Array.from({ length: AT_ONCE }, (_, index) => complete(engine, index)));
        await bounded(engine, `completions of ${model}, ${driver}`, completions);
        const { passes } = await engine.ask({ type: "stats" });
        for (const [index, wanted] of before.entries()) {
          const again = await logprobsAfter(engine, prefixOf(index));
          for (const [place, logprob] of again.entries()) {
            furthest = Math.max(furthest, Math.abs(logprob - (wanted[place] ?? NaN)));
          }
        }
        dropped += (await engine.ask({ type: "stats" })).passes - passes;
      });
    }
  }
  assert.ok(furthest < TOLERANCE, `${furthest} nats`);
  assert.ok(dropped >= 4 * COMPARED, `${dropped} passes: they had been dropped`);
  const kilobytes = (most / 1024).toFixed(0);
  const again = `computed again to ${furthest.toExponential(1)} nats`;
  measured("M3", `at most ${kilobytes} of ${BOUND / 1024} KB with ${AT_ONCE} prompts at once; ${again}`);
});
