/** The embedded model through the whole engine: worker, KV cache, sampling, protocol. */
import { onnx } from "../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../lib/lm/params.ts";

const ROOT = new URL("../", import.meta.url);
const generator = await onnx("models/demo").open({ baseUrl: ROOT, rootUrl: ROOT, cacheDir: ".tmp" });
const ENDLESS = { ...DEFAULT_PARAMS, maxTokens: 64, logitBias: { 0: -Infinity, 4: -Infinity } };
let seed = 0;

async function run(prompt: string, n: number): Promise<void> {
  for await (const _ of generator.generate({ prompt, params: { ...ENDLESS, n, seed: seed++ }, top: 10 }));
}

Deno.bench(
  "64 tokens after 16",
  async () => await run("Once upon a time there was a little girl. She had a red ball.", 1),
);
Deno.bench("64 tokens after 300", async () => await run("The lion was at the farm. ".repeat(42), 1));
Deno.bench(
  "4 × 64 tokens after 16",
  async () => await run("Once upon a time there was a little girl. She had a red ball.", 4),
);
Deno.bench("score 40 tokens", async () => {
  await generator.score?.({ prompt: `Day ${seed++}.`, completion: "The lion was at the farm. ".repeat(5), top: 10 });
});
