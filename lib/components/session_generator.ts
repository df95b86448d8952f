/** A generator as a developer's component uses it: opened on first use, told of the session's end. */
import type { Generator, ScoreRequest } from "../generators/generator.ts";
import type { ScoredToken, Step } from "../lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../lm/params.ts";
import type { Prompt } from "../lm/prompt.ts";
import type { TokenId } from "../lm/token.ts";

const DEFAULT_TOP = 10;

export interface StreamOptions {
  /** Laid over the library's defaults. */
  readonly params?: Partial<SamplingParams>;
  /** Candidates that each step carries, at least; default 10. */
  readonly top?: number;
  readonly signal?: AbortSignal;
}

export class SessionGenerator {
  readonly #open: () => Promise<Generator>;

  constructor(open: () => Promise<Generator>) {
    this.#open = open;
  }

  /** The steps of all completions as they come. Ends, without an error, when `signal` aborts. */
  async *stream(prompt: string | Prompt, options: StreamOptions = {}): AsyncGenerator<Step, void, void> {
    for await (const event of await this.#events(prompt, options)) if (event.type === "step") yield event;
  }

  /** The texts of all `n` completions, by their sequence. */
  async generate(prompt: string | Prompt, options: StreamOptions = {}): Promise<readonly string[]> {
    const texts: string[] = [];
    for await (const event of await this.#events(prompt, options)) {
      if (event.type === "finish") texts[event.sequence] = event.text;
    }
    return texts;
  }

  /** One scored token for each token of the completion, a text or exact ids. @throws {TypeError} when it cannot score */
  async score(
    prompt: string | Prompt,
    completion: string | readonly TokenId[],
    { top = DEFAULT_TOP, signal }: Pick<StreamOptions, "top" | "signal"> = {},
  ): Promise<readonly ScoredToken[]> {
    const generator = await this.#open();
    if (generator.score === undefined) {
      throw new TypeError("Cannot score: this generator gives no logprobs of a given text");
    }
    const request: ScoreRequest = { prompt: textOf(prompt), completion, top };
    return await generator.score(signal === undefined ? request : { ...request, signal });
  }

  async #events(prompt: string | Prompt, { params = {}, top = DEFAULT_TOP, signal }: StreamOptions) {
    checkNames(params);
    const request = { prompt: textOf(prompt), params: { ...DEFAULT_PARAMS, ...params }, top };
    return (await this.#open()).generate(signal === undefined ? request : { ...request, signal });
  }
}

/** Subtle: no type says what a row of a file holds, so the prompt that is made of it can be anything. */
function textOf(prompt: string | Prompt): string {
  const text: unknown = typeof prompt === "string" ? prompt : prompt?.text;
  if (typeof text === "string") return text;
  throw new TypeError(`Cannot use a prompt that is no text: got ${JSON.stringify(prompt)}`);
}

function checkNames(params: object): void {
  const unknown = Object.keys(params).find((name) => !Object.hasOwn(DEFAULT_PARAMS, name));
  if (unknown === undefined) return;
  throw new TypeError(`Cannot use the param "${unknown}": expected one of ${Object.keys(DEFAULT_PARAMS).join(", ")}`);
}
