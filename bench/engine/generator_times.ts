/** What a generator is timed at, through the interface that pages use. Times are in ms. */
import type { GenerateRequest, Generator } from "../../lib/generators/generator.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import type { TokenId } from "../../lib/lm/token.ts";

/** Candidates that each step carries, as on screen. */
export const TOP = 10;

let seed = 0;

/** One that no run has had before. */
export function newSeed(): number {
  return seed++;
}

/** From the start to each token of a run; fewer than `count` where the model ends it. */
export async function tokenTimes(generator: Generator, prompt: string, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  const started = performance.now();
  for await (const event of generator.generate(requestOf(prompt, { temperature: 0, maxTokens: count }))) {
    if (event.type === "step") times.push(performance.now() - started);
  }
  return times;
}

/** Of a step by hand to the ten most probable tokens after `path`; as on screen, the prompt's tokens come with the first. */
export async function stepTime(generator: Generator, prompt: string, path: readonly TokenId[]): Promise<number> {
  const request = { prompt, path, params: DEFAULT_PARAMS, offset: 0, limit: TOP, tellsPrompt: path.length === 0 };
  return await elapsed(() => generator.next?.(request));
}

/** Of steps forward through `tokens`, one after the other, when the distribution after the prompt is known. */
export async function stepTimes(generator: Generator, prompt: string, tokens: readonly TokenId[]): Promise<number[]> {
  await stepTime(generator, prompt, []);
  const times: number[] = [];
  for (const index of tokens.keys()) times.push(await stepTime(generator, prompt, tokens.slice(0, index + 1)));
  return times;
}

/** A sampled run of `n` completions, with dice of its own. @returns the number of tokens */
export async function complete(generator: Generator, prompt: string, count: number, n = 1): Promise<number> {
  let tokens = 0;
  for await (const event of generator.generate(requestOf(prompt, { maxTokens: count, n, seed: newSeed() }))) {
    if (event.type === "step") tokens++;
  }
  return tokens;
}

export async function elapsed(work: () => Promise<unknown> | undefined): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function requestOf(prompt: string, params: Partial<GenerateRequest["params"]>): GenerateRequest {
  return { prompt, params: { ...DEFAULT_PARAMS, ...params }, top: TOP };
}
