/** This app's engine, through the interface that its pages use: text in, events out, each step with ten candidates. */
import type { Generator } from "../../lib/generators/generator.ts";
import { onnx } from "../../lib/generators/onnx/onnx.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { answerAll } from "./answer.ts";
import type { Prompt, Request } from "./protocol.ts";
import { longestGap } from "./stall.ts";

const TOP = 10;
const SETTINGS: Readonly<Record<string, string>> = { VISUALLM_THREADS: "1" };
const CACHE = new URL("../../.cache/peers/cache", import.meta.url);

let opened: Generator | undefined;
let seed = 0;

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
    cacheDir: CACHE.pathname,
    env: (name) => SETTINGS[name] ?? Deno.env.get(name),
  });
}

async function measure(generator: Generator, request: Exclude<Request, { type: "load" }>): Promise<readonly number[]> {
  switch (request.type) {
    case "tokenize":
      return (await generator.tokenize?.(request.text) ?? []).map(({ id }) => id);
    case "generate":
      return await tokenTimes(generator, request.prompt, request.count);
    case "steps":
      return await stepTimes(generator, request.prompt, request.tokens);
    case "logprobs":
      return await logprobs(generator, request.prompt);
    case "clients": {
      const runs = request.prompts.map((prompt) => () => complete(generator, prompt, request.count, 1));
      return [await elapsed(() => all(runs, request.together))];
    }
    case "samples": {
      const { prompt, n, count } = request;
      const runs = request.together
        ? [() => complete(generator, prompt, count, n)]
        : Array.from({ length: n }, () => () => complete(generator, prompt, count, 1));
      return [await elapsed(() => all(runs, false))];
    }
    case "stall":
      return await stalls(generator, request.prompt);
  }
}

async function tokenTimes(generator: Generator, { text }: Prompt, count: number): Promise<readonly number[]> {
  const params = { ...DEFAULT_PARAMS, temperature: 0, maxTokens: count };
  const times: number[] = [];
  const started = performance.now();
  for await (const event of generator.generate({ prompt: text, params, top: TOP })) {
    if (event.type === "step") times.push(performance.now() - started);
  }
  return times;
}

async function stepTimes(
  generator: Generator,
  { text }: Prompt,
  tokens: readonly number[],
): Promise<readonly number[]> {
  const ask = (path: readonly number[]) =>
    generator.next?.({ prompt: text, path, params: DEFAULT_PARAMS, offset: 0, limit: TOP });
  await ask([]);
  const times: number[] = [];
  for (const index of tokens.keys()) times.push(await elapsed(() => ask(tokens.slice(0, index + 1))));
  return times;
}

async function logprobs(generator: Generator, { text }: Prompt): Promise<readonly number[]> {
  const limit = generator.facts.vocabularySize ?? 0;
  const next = await generator.next?.({ prompt: text, path: [], params: DEFAULT_PARAMS, offset: 0, limit });
  const values = new Array<number>(limit).fill(NaN);
  for (const { token, logprob } of next?.step.top ?? []) values[token.id] = logprob;
  return values;
}

/** A sampled run of `n` completions; each run has dice of its own. */
async function complete(generator: Generator, { text }: Prompt, count: number, n: number): Promise<void> {
  const params = { ...DEFAULT_PARAMS, maxTokens: count, n, seed: seed++ };
  for await (const _ of generator.generate({ prompt: text, params, top: TOP }));
}

/** The longest gap while nothing is done, for as long as the prefill then takes; and during the prefill. */
async function stalls(generator: Generator, prompt: Prompt): Promise<readonly number[]> {
  const other = { ...prompt, text: [...prompt.text].reverse().join("") };
  const prefillMs = await elapsed(() => complete(generator, other, 1, 1));
  const idle = await longestGap(() => new Promise((resolve) => setTimeout(resolve, prefillMs)));
  return [idle, await longestGap(() => complete(generator, prompt, 1, 1))];
}

async function all(runs: readonly (() => Promise<void>)[], together: boolean): Promise<void> {
  if (together) await Promise.all(runs.map((run) => run()));
  else for (const run of runs) await run();
}

async function elapsed(work: () => Promise<unknown> | undefined): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
