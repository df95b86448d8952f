/** The app's API as a client meets it. Times are in ms. */
import { newSeed, TOP } from "./generator_times.ts";

export interface GenerateParams {
  readonly temperature?: number;
  readonly max_tokens: number;
  readonly n?: number;
  readonly seed?: number;
}

export class ApiClient {
  readonly #pages: string;
  readonly #calls: string;

  /** @param module whose screens generation and next-token are asked */
  constructor(origin: string, module: string) {
    this.#pages = `${origin}/${module}`;
    this.#calls = `${origin}/api/${module}`;
  }

  /** From the start to each token's arrival; tokens that arrive together have one time. */
  async tokenTimes(prompt: string, params: GenerateParams): Promise<readonly number[]> {
    const times: number[] = [];
    const started = performance.now();
    const response = await this.#post("generation/generate", { prompt, params, top: TOP });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      // Subtle: the server sends each event as one chunk, so that none is cut.
      const steps = decoder.decode(chunk, { stream: true }).split("event: step\n").length - 1;
      const now = performance.now() - started;
      for (let step = 0; step < steps; step++) times.push(now);
    }
    return times;
  }

  /** A sampled run of `n` completions, with dice of its own. @returns the number of tokens */
  async complete(prompt: string, count: number, n = 1): Promise<number> {
    return (await this.tokenTimes(prompt, { max_tokens: count, n, seed: newSeed() })).length;
  }

  /** Of a step by hand to the ten most probable tokens after `path`; as on screen, the prompt's tokens come with the first. */
  async stepTime(prompt: string, path: readonly number[]): Promise<number> {
    const started = performance.now();
    await (await this.#post("next-token/next_token", { prompt, path, limit: TOP, prompt_tokens: path.length === 0 }))
      .text();
    return performance.now() - started;
  }

  async score(prompt: string, completion: string): Promise<void> {
    await (await this.#post("generation/score", { prompt, completion })).text();
  }

  /** Reads the first event of a run and leaves. */
  async leave(prompt: string): Promise<void> {
    const response = await this.#post("generation/generate", { prompt, params: { max_tokens: 32 } });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
  }

  /** The generation screen, rendered on the server. */
  async page(): Promise<void> {
    await (await answered(fetch(`${this.#pages}/generation`))).text();
  }

  async #post(call: string, body: unknown): Promise<Response> {
    return await answered(fetch(`${this.#calls}/${call}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }));
  }
}

/** @throws {Error} with the server's own words */
async function answered(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`Cannot call ${response.url}: ${response.status} ${await response.text()}`);
  return response;
}
