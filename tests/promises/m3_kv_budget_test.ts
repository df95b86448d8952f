/** M3: Keys and values stay within their bound, and what was dropped is computed again to the same logits. */
import assert from "node:assert/strict";
import { Engine } from "../../lib/generators/onnx/engine.ts";
import { readSettings } from "../../lib/generators/onnx/settings.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { measured } from "../rig/measured.ts";

const ROOT = new URL("../../", import.meta.url);
const PREFIXES = 1000, AT_ONCE = 8, COMPARED = 40;
const TOLERANCE = 1e-4;
/** Room for eight prefixes of the longest size at once, and for a fraction of all. */
const BOUND = 4 * 2 ** 20;

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

async function logprobsAfter(engine: Engine, path: readonly number[]): Promise<readonly number[]> {
  const request = { prompt: "The", path, params: DEFAULT_PARAMS, offset: 0, limit: 50 };
  const { step } = await engine.ask({ type: "next", request });
  return step.top.toSorted((one, other) => one.token.id - other.token.id).map(({ logprob }) => logprob);
}

Deno.test("M3: 1,000 different prefixes on two models by two drivers, one by one and eight at once", async () => {
  let most = 0, furthest = 0, dropped = 0;
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
          const found = await Promise.all(paths.map((path) => logprobsAfter(engine, path)));
          if (before.length < COMPARED) before.push(...found);
          const { cacheBytes } = await engine.ask({ type: "stats" });
          assert.ok(cacheBytes <= BOUND, `${cacheBytes} bytes after prefix ${index} of ${model}, ${driver}`);
          most = Math.max(most, cacheBytes);
          index += paths.length;
        }
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
  const megabytes = (most / 2 ** 20).toFixed(2);
  measured("M3", `at most ${megabytes} of ${BOUND / 2 ** 20} MB; computed again to ${furthest.toExponential(1)} nats`);
});
