/** A generator as a developer's component uses it: opened on first use, told of the session's end. */
import type { Generator, ScoreRequest } from "../generators/generator.ts";
import type { FinishReason, GeneratorEvent, ScoredToken, Step } from "../lm/event.ts";
import { paramFault } from "../lm/param_fault.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../lm/params.ts";
import type { Prompt } from "../lm/prompt.ts";
import { quote } from "../lm/quote.ts";
import type { TokenId } from "../lm/token.ts";

const DEFAULT_TOP = 10;
/** Endings that nobody asked for: what came before them is no whole completion. */
const CUT_OFF: readonly FinishReason[] = ["error", "incomplete"];

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

  /**
   * All that the generator tells, as it comes: the prompt's tokens, warnings of params that it cannot use, steps, and how
   * each completion ended. Ends, without an error, when `signal` aborts.
   */
  async *events(prompt: string | Prompt, options: StreamOptions = {}): AsyncGenerator<GeneratorEvent, void, void> {
    const { params = {}, top = DEFAULT_TOP, signal } = options;
    const request = { prompt: textOf(prompt), params: checkedParams(params), top };
    yield* (await this.#open()).generate(signal === undefined ? request : { ...request, signal });
  }

  /**
   * The steps of all completions as they come. Ends, without an error, when `signal` aborts.
   * @throws {Error} after the last step where a completion was cut off
   */
  async *stream(prompt: string | Prompt, options: StreamOptions = {}): AsyncGenerator<Step, void, void> {
    let fault: string | undefined;
    for await (const event of this.events(prompt, options)) {
      if (event.type === "step") yield event;
      else fault ??= cutOff(event);
    }
    if (fault !== undefined) throw new Error(fault);
  }

  /** The texts of all `n` completions, by their sequence. @throws {Error} where one was cut off */
  async generate(prompt: string | Prompt, options: StreamOptions = {}): Promise<readonly string[]> {
    const texts: string[] = [];
    let fault: string | undefined;
    for await (const event of this.events(prompt, options)) {
      if (event.type === "finish") texts[event.sequence] = event.text;
      fault ??= cutOff(event);
    }
    if (fault !== undefined) throw new Error(fault);
    return texts;
  }

  /** One scored token for each token of the completion, a text or exact ids. @throws {TypeError} when it cannot score */
  async score(
    prompt: string | Prompt,
    completion: string | readonly TokenId[],
    { top = DEFAULT_TOP, signal }: Pick<StreamOptions, "top" | "signal"> = {},
  ): Promise<readonly ScoredToken[]> {
    if (typeof completion !== "string" && !Array.isArray(completion)) {
      throw new TypeError(`Cannot score a completion that is no text and no list of ids: got ${quote(completion)}`);
    }
    const request: ScoreRequest = { prompt: textOf(prompt), completion, top };
    const generator = await this.#open();
    if (generator.score === undefined) {
      throw new TypeError(
        `Cannot score: ${generator.lacks?.score ?? "this generator gives no logprobs of a given text"}`,
      );
    }
    return await generator.score(signal === undefined ? request : { ...request, signal });
  }
}

/** What to say of an ending after which a part would pass for a whole, as nobody reads how it ended. */
function cutOff(event: GeneratorEvent): string | undefined {
  if (event.type !== "finish" || !CUT_OFF.includes(event.reason)) return undefined;
  return `Completion ${event.sequence} was cut off: it ended with the reason "${event.reason}"`;
}

/** Subtle: no type says what a row of a file holds, so the prompt that is made of it can be anything. */
function textOf(prompt: string | Prompt): string {
  const text: unknown = typeof prompt === "string" ? prompt : prompt?.text;
  if (typeof text === "string") return text;
  throw new TypeError(`Cannot use a prompt that is no text: got ${quote(prompt)}`);
}

/** @throws {TypeError} for a name that is no param's, and {RangeError} for a value that no request could hold */
function checkedParams(params: Partial<SamplingParams>): SamplingParams {
  const unknown = Object.keys(params).find((name) => !Object.hasOwn(DEFAULT_PARAMS, name));
  if (unknown !== undefined) {
    throw new TypeError(`Cannot use the param "${unknown}": expected one of ${Object.keys(DEFAULT_PARAMS).join(", ")}`);
  }
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
  const fault = paramFault(given);
  if (fault !== undefined) throw new RangeError(`Cannot use the param ${fault}`);
  return { ...DEFAULT_PARAMS, ...given };
}
