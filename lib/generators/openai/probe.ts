/** What a server can show, found out with a few small calls of our own text, never a user's. */
import { type Answer, type GivenToken, readAnswer } from "./answer.ts";
import type { Body, Client } from "./client.ts";
import { type Dialect, wantedTop, wireInput } from "./dialect.ts";
import { UpstreamError } from "./upstream_error.ts";

export interface Abilities {
  readonly hasLogprobs: boolean;
  /** How the server scores a given text; undefined when it does not. */
  readonly scoring: "echo" | "prompt_logprobs" | undefined;
  /** True when the server continues an answer that is begun; with completions, the exact text of a prompt. */
  readonly takesPrefill: boolean;
  /** True when the server drops the white space around an answer that is begun, so that it continues another text. */
  readonly trimsPrefill: boolean;
  /** Whether logprobs are those after temperature; undefined when it was not found out. */
  readonly isTempered: boolean | undefined;
  /** Whether one seed writes one text; undefined when it was not found out. */
  readonly isSeedStable: boolean | undefined;
}

const MOST_CALLS = 8;
const MOST_TOP = 20;
/** A count that ends in white space, whose continuation any model that continues at all gets right. */
const COUNT = "1, 2, 3, ", NEXT = "4";
const ASKED = "Count on from 1 to 9, with commas.";
/** A text that ends inside a word, which nothing but a continuation of it completes. */
const CUT = "one, two, thr", REST = "ee";
const ASKED_WORDS = "Count on from one to nine in words, with commas.";
/** How an answer to it begins, in a conversation: as a sentence, or with the word from its start. */
const REPLY = /^\s*(\p{Lu}|thr)/u;
/** What hardly any two draws begin alike, so that one seed's texts tell of the seed. */
const LETTERS = "Random letters:", ASKED_LETTERS = "Write random letters, and nothing else.";
/** Two logprobs that lie nearer to each other may do so by how a server rounds. */
const LEAST_GAP = 0.3;
/** How servers say that they do not know a question: llama.cpp's as if it were broken, some in an answer of status 200. */
const UNKNOWN: readonly number[] = [200, 400, 404, 405, 415, 422, 500, 501];
/** A fault of status 500 without any such word may be one that passes. */
const REFUSES =
  /support|\bonly\b|unknown|unrecogni[sz]ed|unexpected|invalid|not (?:allowed|available|enabled|implemented)|\becho\b|logprobs|logits_all/i;
/** What OpenAI says where a model's thoughts take all tokens of a short answer. */
const UNFINISHED = /max_tokens or model output limit was reached/;
const NO_TEXT: Answer = { pieces: [{ index: 0, text: "" }] };

/** @throws {UpstreamError} when the server cannot be used at all */
export async function probe(client: Client, dialect: Dialect, signal?: AbortSignal): Promise<Abilities> {
  const calls = new Calls(client, dialect, signal);
  const input = wireInput(dialect.mode, { prompt: dialect.mode === "chat" ? ASKED_LETTERS : LETTERS });
  const sampled = { ...input, ...wantedTop(dialect.mode, MOST_TOP), temperature: 1, seed: 1, max_tokens: 8 };
  const first = await calls.ask(sampled, true);
  const steps = first?.pieces[0]?.steps;
  const top = topOf(first).length;
  // Subtle: one more than asked is the chosen token, which some servers add; fewer than asked is all that it gives.
  if (top > 0 && top < MOST_TOP) dialect.mostTop = top;
  const scoring = dialect.mode === "completions" ? await scoringOf(calls) : undefined;
  // A server that tells how it cut a text into tokens continues that text.
  const takesPrefill = dialect.mode === "chat"
    ? await continues(calls)
    : scoring !== undefined || await continuesText(calls);
  const trimsPrefill = dialect.mode === "chat" && takesPrefill && await trims(calls);
  const hot = top > 1 ? await calls.ask({ ...sampled, temperature: 2, max_tokens: 1 }) : undefined;
  const again = await calls.ask(sampled);
  const sent = dialect.body(sampled);
  return {
    hasLogprobs: steps !== undefined,
    scoring,
    takesPrefill,
    trimsPrefill,
    isTempered: "temperature" in sent ? isTempered(topOf(first), topOf(hot)) : undefined,
    isSeedStable: "seed" in sent ? isSame(textOf(first), textOf(again)) : undefined,
  };
}

class Calls {
  #left = MOST_CALLS;
  /** What the server has answered. */
  #answered: Body | undefined;
  constructor(readonly client: Client, readonly dialect: Dialect, readonly signal: AbortSignal | undefined) {}

  /** Undefined when the server does not take the question, or no call is left. @param isNeeded without it nothing works */
  async ask(wanted: Body, isNeeded = false): Promise<Answer | undefined> {
    const { client, dialect } = this;
    while (this.#left > 0) {
      this.#left--;
      const body = dialect.body(wanted);
      try {
        const final = isNeeded ? undefined : isRefusal;
        const answer = readAnswer(await client.ask(dialect.path, body, this.signal, final));
        if (answer === undefined && isNeeded) {
          throw new UpstreamError(`${client.host} answered with JSON that is no completion: is the base URL right?`);
        }
        this.#answered = body;
        return answer;
      } catch (error) {
        if (isUnfinished(error)) {
          this.#answered = body;
          return NO_TEXT;
        }
        if (!isNeeded && await this.#isUnknown(error)) return undefined;
        if (!(error instanceof UpstreamError) || !dialect.learns(error, body)) throw error;
      }
    }
    return undefined;
  }

  /** The answer as it came, for what only one kind of server has. */
  async askRaw(wanted: Body): Promise<unknown> {
    if (this.#left === 0) return undefined;
    this.#left--;
    try {
      return await this.client.ask(this.dialect.path, this.dialect.body(wanted), this.signal, isRefusal);
    } catch (error) {
      if (await this.#isUnknown(error)) return undefined;
      throw error;
    }
  }

  /**
   * Whether the fault is what the server says to this question, whenever it is asked.
   * Subtle: some servers break at a question without a word of why. One that then answers what it answered before is well,
   * and breaks at the question each time; one that does not is to be probed anew when it is.
   * @throws {UpstreamError} where the server is broken for now
   */
  async #isUnknown(error: unknown): Promise<boolean> {
    if (isRefusal(error)) return true;
    if (!(error instanceof UpstreamError) || error.status !== 500 || this.#answered === undefined) return false;
    try {
      await this.client.ask(this.dialect.path, this.#answered, this.signal);
    } catch (other) {
      if (!isUnfinished(other)) throw other;
    }
    return true;
  }
}

/** Whether the server says that it does not know the question. */
function isRefusal(error: unknown): boolean {
  return error instanceof UpstreamError && error.status !== undefined && UNKNOWN.includes(error.status) &&
    (error.status !== 500 || REFUSES.test(error.message.replace(/^\S+/, ""))); // The first word is the host's name.
}

function isUnfinished(error: unknown): boolean {
  return error instanceof UpstreamError && error.status === 400 && UNFINISHED.test(error.message);
}

async function scoringOf(calls: Calls): Promise<Abilities["scoring"]> {
  const echoed = await calls.ask({ prompt: COUNT, echo: true, logprobs: 1, max_tokens: 1 });
  const steps = echoed?.pieces[0]?.steps ?? [];
  // The first token of a text has no probability; those after it must have one.
  if (steps.length > 2 && steps[1]?.logprob !== undefined) return "echo";
  const raw = await calls.askRaw({ prompt: COUNT, prompt_logprobs: 1, max_tokens: 1 });
  return JSON.stringify(raw ?? "").includes('"decoded_token"') ? "prompt_logprobs" : undefined;
}

/** Subtle: a new turn counts on as well as a continuation does, but only a continuation begins inside the word. */
async function continues(calls: Calls): Promise<boolean> {
  const begun = wireInput("chat", { prompt: ASKED_WORDS }, CUT);
  const answer = await calls.ask({ ...begun, temperature: 0, max_tokens: 4 });
  return textOf(answer).startsWith(REST);
}

/**
 * Templates of Llama 3 and Gemma drop the white space around a turn's text: the model then writes it again.
 * Where it is not found out, it is taken to be dropped.
 */
async function trims(calls: Calls): Promise<boolean> {
  const begun = wireInput("chat", { prompt: ASKED }, COUNT);
  const answer = await calls.ask({ ...begun, temperature: 0, max_tokens: 2 });
  return !textOf(answer).startsWith(NEXT);
}

/** Subtle: some servers put a prompt of completions into a conversation too. Where it is not found out, none does. */
async function continuesText(calls: Calls): Promise<boolean> {
  const answer = await calls.ask({ prompt: CUT, temperature: 0, max_tokens: 4 });
  return answer === undefined || !REPLY.test(textOf(answer));
}

/**
 * Temperature 2 halves how far any two logprobs lie apart, if they are those after temperature. All else that moves them
 * between two answers (rounding, what stands beside them in a batch) hardly does.
 * @example -1 and -3 at temperature 1, -1.5 and -2.5 at temperature 2: after temperature
 */
function isTempered(cool: readonly GivenToken[], hot: readonly GivenToken[]): boolean | undefined {
  const logprobs = new Map(hot.map(({ text, logprob }) => [text, logprob]));
  const both = cool.flatMap(({ text, logprob: one }) => {
    const other = logprobs.get(text);
    // Subtle: parts of characters may all have one name.
    return one === undefined || other === undefined || text.includes("\ufffd") ? [] : [{ one, other }];
  }).toSorted((a, b) => b.one - a.one);
  const most = both[0], least = both.at(-1);
  if (most === undefined || least === undefined || most.one - least.one < LEAST_GAP) return undefined;
  const share = (most.other - least.other) / (most.one - least.one);
  if (Math.abs(share - 0.5) < 0.15) return true;
  return Math.abs(share - 1) < 0.15 ? false : undefined;
}

function topOf(answer: Answer | undefined): readonly GivenToken[] {
  return answer?.pieces[0]?.steps?.[0]?.top ?? [];
}

function textOf(answer: Answer | undefined): string {
  return answer?.pieces[0]?.text ?? "";
}

/** Undefined where nothing was written. */
function isSame(text: string, again: string): boolean | undefined {
  return text === "" || again === "" ? undefined : text === again;
}
