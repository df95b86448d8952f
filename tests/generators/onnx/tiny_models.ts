/** The random models of tests/fixtures, and what PyTorch says of them; tools/demo_model/fixtures*.py write them. */
import * as v from "valibot";
import type { Generator, OpenContext } from "../../../lib/generators/generator.ts";
import { Engine } from "../../../lib/generators/onnx/engine.ts";
import { onnx } from "../../../lib/generators/onnx/onnx.ts";
import type { OnnxModel } from "../../../lib/generators/onnx/onnx_model.ts";
import { openModel } from "../../../lib/generators/onnx/open_model.ts";
import { type Driver, readSettings } from "../../../lib/generators/onnx/settings.ts";
import type { Candidate, GeneratorEvent, Step } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../../lib/lm/params.ts";
import { score } from "../../../lib/lm/score.ts";

export const TINY_MODELS = ["tiny_gpt2", "tiny_llama", "tiny_llama_fixed", "tiny_llama_gqa"] as const;
export type TinyModel = typeof TINY_MODELS[number];

const ROOT = new URL("../../../", import.meta.url);

export const CONTEXT: OpenContext = {
  baseUrl: new URL("tests/", ROOT),
  rootUrl: ROOT,
  cacheDir: new URL(".cache/", ROOT).pathname,
};

const goldenSchema = v.object({
  cases: v.array(v.object({
    text: v.string(),
    ids: v.array(v.number()),
    /** Of the first ids. */
    last_logits: v.array(v.number()),
    top10: v.object({ ids: v.array(v.number()), logprobs: v.array(v.number()) }),
    completion: v.string(),
    completion_ids: v.array(v.number()),
    completion_logprobs: v.array(v.number()),
  })),
});
export type GoldenCase = v.InferOutput<typeof goldenSchema>["cases"][number];

export function readGolden(model: TinyModel | "demo"): readonly GoldenCase[] {
  // The same network over other caches.
  const golden = model === "tiny_llama_fixed" ? "tiny_llama" : model;
  const text = Deno.readTextFileSync(new URL(`tests/fixtures/golden_${golden}.json`, ROOT));
  return v.parse(goldenSchema, JSON.parse(text)).cases;
}

const prefixesSchema = v.object({
  prefixes: v.array(v.object({ ids: v.array(v.number()), top: v.array(v.number()), logprobs: v.array(v.number()) })),
});
/** Exact ids, and the ten most probable tokens after them. */
export type GoldenPrefix = v.InferOutput<typeof prefixesSchema>["prefixes"][number];

/** @param file in tests/fixtures */
export function readPrefixes(file: string): readonly GoldenPrefix[] {
  return v.parse(prefixesSchema, JSON.parse(Deno.readTextFileSync(new URL(`tests/fixtures/${file}`, ROOT)))).prefixes;
}

export function fixturePath(model: TinyModel | "demo"): string {
  return new URL(model === "demo" ? "models/demo" : `tests/fixtures/${model}`, ROOT).pathname;
}

/** A copy of a model's folder in one of its own, which goes with `root`. */
export async function copyModel(model: TinyModel): Promise<{ readonly root: string; readonly folder: string }> {
  const root = await Deno.realPath(await Deno.makeTempDir()), folder = `${root}/${model}`, from = fixturePath(model);
  await Deno.mkdir(`${folder}/onnx`, { recursive: true });
  for (const file of ["config", "generation_config", "tokenizer", "tokenizer_config"]) {
    await Deno.copyFile(`${from}/${file}.json`, `${folder}/${file}.json`);
  }
  await Deno.copyFile(`${from}/onnx/model.onnx`, `${folder}/onnx/model.onnx`);
  return { root, folder };
}

/** Opens a model as a module would, and closes it after `run`. */
export async function withModel(
  model: TinyModel,
  run: (generator: Generator) => Promise<void>,
  driver: Driver = "auto",
): Promise<void> {
  const env = (name: string) => name === "VISUALLM_ONNX_DRIVER" ? driver : undefined;
  const generator = await onnx(`fixtures/${model}`).open({ ...CONTEXT, env });
  try {
    await run(generator);
  } finally {
    await generator.close();
  }
}

/** An engine without its generator, to look at its counters. */
export async function withEngine(
  model: TinyModel,
  kvBytes: number,
  run: (engine: Engine) => Promise<void>,
  driver: Driver = "auto",
) {
  const engine = new Engine();
  try {
    await engine.ask({
      type: "load",
      request: {
        path: fixturePath(model),
        precision: "fp32",
        device: "cpu",
        settings: { ...readSettings(() => undefined), driver, kvBytes },
        cacheDir: CONTEXT.cacheDir,
      },
    });
    await run(engine);
  } finally {
    await engine.close();
  }
}

/** Opens a folder's model in this thread, where nothing comes between what the test asks for at once. */
export async function withOpened<Result>(
  path: string,
  driver: Driver,
  run: (model: OnnxModel) => Promise<Result>,
): Promise<Result> {
  const settings = { ...readSettings(() => undefined), driver };
  const request = { path, precision: "fp32", device: "cpu", settings, cacheDir: CONTEXT.cacheDir } as const;
  const { model } = await openModel(request, () => {}, new AbortController().signal);
  try {
    return await run(model);
  } finally {
    await model.close();
  }
}

/** The ten most probable tokens after these ids. */
export async function topAfter(model: OnnxModel, prompt: readonly number[]): Promise<readonly Candidate[]> {
  const [scored] = await score(model, prompt, [0], { top: 10 });
  return scored?.top.slice(0, 10) ?? [];
}

/** Never ends by itself: the token that would is banned. */
export const ENDLESS: SamplingParams = { ...DEFAULT_PARAMS, logitBias: { 0: -Infinity } };

export async function collect(events: AsyncIterable<GeneratorEvent>): Promise<readonly GeneratorEvent[]> {
  return await Array.fromAsync(events);
}

export function stepsOf(events: readonly GeneratorEvent[]): readonly Step[] {
  return events.filter((event) => event.type === "step");
}

export function idsOf(events: readonly GeneratorEvent[]): readonly number[] {
  return stepsOf(events).map(({ token }) => token.id);
}

/** The largest distance of two lists. */
export function furthest(some: readonly number[], others: readonly number[]): number {
  if (some.length !== others.length) return Infinity;
  return Math.max(0, ...some.map((value, index) => Math.abs(value - (others[index] ?? NaN))));
}
