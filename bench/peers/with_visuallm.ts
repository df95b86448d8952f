/** This app's engine, through the interface that its pages use: text in, events out, each step with ten candidates. */
import type { Generator } from "../../lib/generators/generator.ts";
import { onnx } from "../../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { complete, elapsed, stepTimes, tokenTimes } from "../engine/generator_times.ts";
import { newDigits } from "../prompts.ts";
import { prefillStalls } from "../stall.ts";
import { answerAll } from "./answer.ts";
import type { Request } from "./protocol.ts";

/** Nothing is computed ahead: that would go on while another contestant is timed. */
const SETTINGS: Readonly<Record<string, string>> = { VISUALLM_THREADS: "1", VISUALLM_LOOK_AHEAD: "0" };
const CACHE = new URL("../../.cache/peers/cache", import.meta.url).pathname;

let opened: Generator | undefined;

await answerAll(async (request) => {
  if (request.type === "load") return [await elapsed(() => load(request.path, request.precision))];
  if (opened === undefined) throw new TypeError("the model is not loaded yet");
  return await measure(opened, request);
});
await opened?.close();

async function load(path: string, precision: "fp32" | "int8"): Promise<void> {
  const folder = new URL(`file://${path}`);
  opened = await onnx(path, { precision }).open({
    baseUrl: folder,
    rootUrl: folder,
    cacheDir: CACHE,
    env: (name) => SETTINGS[name] ?? Deno.env.get(name),
  });
}

async function measure(generator: Generator, request: Exclude<Request, { type: "load" }>): Promise<readonly number[]> {
  switch (request.type) {
    case "tokenize":
      return (await generator.tokenize?.(request.text) ?? []).map(({ id }) => id);
    case "generate":
      return await tokenTimes(generator, request.prompt.text, request.count);
    case "steps":
      return await stepTimes(generator, request.prompt.text, request.tokens);
    case "logprobs":
      return await logprobs(generator, request.prompt.text);
    case "clients":
      return [await all(request.prompts.map(({ text }) => () => complete(generator, text, request.count)), request)];
    case "samples": {
      const { prompt: { text }, n, count, together } = request;
      if (together) return [await elapsed(() => complete(generator, text, count, n))];
      return [await all(Array.from({ length: n }, () => () => complete(generator, text, count)), request)];
    }
    case "stall": {
      const { idle, busy } = await prefillStalls(() => complete(generator, newDigits(request.length), 1));
      return [idle, busy];
    }
  }
}

async function logprobs(generator: Generator, prompt: string): Promise<readonly number[]> {
  const limit = generator.facts.vocabularySize ?? 0;
  const next = await generator.next?.({ prompt, path: [], params: DEFAULT_PARAMS, offset: 0, limit });
  const values = new Array<number>(limit).fill(NaN);
  for (const { token, logprob } of next?.step.top ?? []) values[token.id] = logprob;
  return values;
}

/** Ms that runs take, at once or one after the other. */
async function all(runs: readonly (() => Promise<unknown>)[], { together }: { together: boolean }): Promise<number> {
  return await elapsed(async () => {
    if (together) await Promise.all(runs.map((run) => run()));
    else for (const run of runs) await run();
  });
}
