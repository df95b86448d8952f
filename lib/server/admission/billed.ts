/** A generator whose server bills tokens, as one client uses it: within the caps, whoever calls it and from where. */
import type { GenerateRequest, Generator } from "../../generators/generator.ts";
import { UpstreamError } from "../../generators/openai/upstream_error.ts";
import type { GeneratorEvent, OnBilled, Usage } from "../../lm/event.ts";
import type { TokenId } from "../../lm/token.ts";
import { generationProblem } from "../generation_problem.ts";
import type { Budget } from "./budget.ts";

/** Tokens that a server may put around a text: the one before it, and those of its chat template. */
const FRAME_TOKENS = 64;

/** Whose spending is counted, and against what. */
interface Payer {
  readonly budget: Budget;
  readonly client: string;
}

/**
 * Sets aside what each call may spend at most before anything is sent, and counts what it did spend afterwards.
 * One that nobody bills is given back as it is.
 * Subtle: method by method, as a generator may be an object of a class.
 */
export function billed(generator: Generator, payer: Payer): Generator {
  if (generator.isBilled !== true) return generator;
  const { tokenize, next, score, renderChat, takesMessages, lacks } = generator;
  return {
    facts: generator.facts,
    isBilled: true,
    ...(takesMessages === undefined ? {} : { takesMessages }),
    ...(lacks && { lacks }),
    generate: (request) => billedRun(generator, request, payer),
    ...(next && {
      next: (request, signal) => {
        const { prompt, path, append = "" } = request;
        const work = (onBilled: OnBilled) => next.call(generator, { ...request, onBilled }, signal);
        const { tokens, requests } = mostOfPath(generator, path);
        return paid(payer, mostOf(prompt) + tokens + mostOf(append) + FRAME_TOKENS + 1, work, requests);
      },
    }),
    ...(score && {
      score: (request) => {
        const work = (onBilled: OnBilled) => score.call(generator, { ...request, onBilled });
        const of = (text: string | readonly TokenId[]) =>
          typeof text === "string" ? mostOf(text) : mostOfPath(generator, text).tokens;
        return paid(payer, of(request.prompt) + of(request.completion) + FRAME_TOKENS + 1, work);
      },
    }),
    ...(tokenize && { tokenize: (prompt, signal) => tokenize.call(generator, prompt, signal) }),
    ...(renderChat && { renderChat: (turns, signal) => renderChat.call(generator, turns, signal) }),
    close: () => generator.close(),
  };
}

/** The tokens of a text at most: one a byte, as of rare characters in a tokenizer of bytes. */
function mostOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** The tokens of given ids at most, and the requests that one step past them may take. */
function mostOfPath(generator: Generator, path: readonly TokenId[]) {
  const { sizeBytes = path.length, requests = 1 } = generator.pathText?.(path) ?? {};
  return { tokens: sizeBytes, requests };
}

/**
 * Counts all that was set aside where nothing is told of what was spent, and nothing of what was refused.
 * @param mostTokens of each request
 * @throws {ProblemError} 429 when the caps do not allow it; what the work throws
 */
async function paid<Result>(
  { budget, client }: Payer,
  mostTokens: number,
  work: (onBilled: OnBilled) => Promise<Result>,
  requests = 1,
): Promise<Result> {
  const setAside = requests * mostTokens;
  const reservation = await budget.reserve(client, setAside);
  let told: number | undefined, untold = setAside;
  try {
    return await work((usage) => told = (told ?? 0) + (usage === undefined ? mostTokens : sum(usage)));
  } catch (error) {
    if (isRefusal(error)) untold = 0;
    throw error;
  } finally {
    await reservation.settle(told ?? untold);
  }
}

/**
 * Whether nobody bills what this ended: it was refused here before anything was sent, or by the server as it came.
 * Subtle: what was lost on the way, came too late or was left may have been worked on, as may what failed for any reason in
 * code of a module's own.
 */
function isRefusal(error: unknown): boolean {
  if (error instanceof UpstreamError) return error.status !== undefined && error.status >= 400 && error.status < 500;
  return generationProblem(error, "").status === 422;
}

/** Subtle: some servers write one completion a request, so that the prompt may be sent for each of them. */
async function* billedRun(
  generator: Generator,
  request: GenerateRequest,
  { budget, client }: Payer,
): AsyncGenerator<GeneratorEvent, void, void> {
  const { prompt, path = [], params: { n, maxTokens } } = request;
  const promptTokens = mostOf(prompt) + mostOfPath(generator, path).tokens + FRAME_TOKENS;
  const setAside = n * (promptTokens + maxTokens);
  const reservation = await budget.reserve(client, setAside);
  const bill = new Bill(n, promptTokens, setAside);
  try {
    for await (const event of generator.generate({ ...request, onBilled: (usage) => bill.tell(usage) })) {
      bill.add(event);
      yield event;
    }
  } catch (error) {
    if (isRefusal(error)) bill.refuse();
    throw error;
  } finally {
    await reservation.settle(bill.tokens);
  }
}

/**
 * What a run is billed, by the server's own word. Where that is missing, as of a run that is left, all that was set aside:
 * what came says little, as servers think unseen and send many tokens in one piece.
 */
class Bill {
  /** Of the requests that are over; undefined for a generator that tells of none. */
  #told: number | undefined;
  /** True once the server told nothing of a request. */
  #isUntold = false;
  /** True once something came of the request that is not over. */
  #hasCome = false;
  #isRefused = false;
  /** Completions that are over, and what they say of themselves; they have one prompt. */
  #finished = 0;
  #finishedTokens = 0;
  #finishedPrompt = 0;

  /**
   * @param n completions of the run
   * @param mostPromptTokens of one request
   */
  constructor(readonly n: number, readonly mostPromptTokens: number, readonly setAside: number) {}

  get tokens(): number {
    const isUntold = this.#isRefused ? this.#isUntold || this.#hasCome : this.#isUntold || this.#finished < this.n;
    if (isUntold) return Math.max(this.setAside, this.#told ?? 0);
    if (this.#told !== undefined || this.#isRefused) return this.#told ?? 0;
    return (this.#finishedPrompt || this.mostPromptTokens) + this.#finishedTokens;
  }

  tell(usage: Required<Usage> | undefined): void {
    this.#hasCome = false;
    if (usage === undefined) this.#isUntold = true;
    else this.#told = (this.#told ?? 0) + sum(usage);
  }

  /** The last request was refused: it counts only where something of it came all the same. */
  refuse(): void {
    this.#isRefused = true;
  }

  add(event: GeneratorEvent): void {
    // What is given to a completion is part of the prompt that the server receives.
    if (event.type === "step" && event.draw.kind !== "forced") this.#hasCome = true;
    if (event.type !== "finish") return;
    this.#finished++;
    this.#finishedTokens += event.usage.completionTokens;
    this.#finishedPrompt = Math.max(this.#finishedPrompt, event.usage.promptTokens ?? 0);
  }
}

function sum({ promptTokens, completionTokens }: Required<Usage>): number {
  return promptTokens + completionTokens;
}
