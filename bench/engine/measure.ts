/** Everything that is timed on one model, in process and over HTTP in turns. */
import type { Generator } from "../../lib/generators/generator.ts";
import { newStory, newTokens } from "../prompts.ts";
import { prefillStalls } from "../stall.ts";
import { gaps } from "../statistics.ts";
import { Times } from "../times.ts";
import type { ApiClient } from "./api_client.ts";
import { complete, elapsed, stepTime, stepTimes, tokenTimes } from "./generator_times.ts";

/** Steps by hand in a row. */
const STEPS = 8;
export const CLIENTS = [1, 4, 16] as const;
export const SAMPLES = 4;
/** Of a run in process and one over HTTP, as one run differs from the next by more than HTTP adds. */
const PAIRS = 4;
/** Tokens of the prompt where several run. */
const SHARED_LENGTH = 128;

export interface Subject {
  readonly generator: Generator;
  /** The same model behind the app. */
  readonly api: ApiClient;
  /** Tokens of the prompts; the longest with its completion fits into the window. */
  readonly lengths: readonly number[];
  /** Tokens to generate. */
  readonly tokens: number;
}

/** How a run is asked for. */
interface Way {
  /** What the names of its times end in. */
  readonly ending: "" | " http";
  /** A sampled run of `n` completions. @returns the number of tokens */
  readonly complete: (subject: Subject, prompt: string, n?: number) => Promise<number>;
}

const IN_PROCESS: Way = {
  ending: "",
  complete: ({ generator, tokens }, prompt, n) => complete(generator, prompt, tokens, n),
};
const OVER_HTTP: Way = { ending: " http", complete: ({ api, tokens }, prompt, n) => api.complete(prompt, tokens, n) };

/** One round; names of the times are those that rows.ts reads. */
export async function measureRound(subject: Subject, times: Times): Promise<void> {
  for (const length of subject.lengths) {
    await generateInPairs(subject, length, times);
    await stepByHand(subject, length, times);
  }
  for (const way of [IN_PROCESS, OVER_HTTP]) {
    await runSamples(subject, way, times);
    for (const clients of CLIENTS) await runClients(subject, way, clients, times);
  }
  await stall(subject, times);
}

async function generateInPairs({ generator, api, tokens }: Subject, length: number, times: Times): Promise<void> {
  const inProcess = async () => {
    const found = await tokenTimes(generator, await newStory(generator, length), tokens);
    times.add(`first ${length}`, found.slice(0, 1));
    times.add(`decode ${length}`, gaps(found));
    return meanGap(found);
  };
  const overHttp = async () => {
    const found = await api.tokenTimes(await newStory(generator, length), { temperature: 0, max_tokens: tokens });
    times.add(`first ${length} http`, found.slice(0, 1));
    return meanGap(found);
  };
  for (let pair = 0; pair < PAIRS; pair++) {
    // Neither always comes first.
    const before = pair % 2 === 0 ? await inProcess() : undefined;
    const withHttp = await overHttp();
    const added = withHttp - (before ?? await inProcess());
    // A run of a single token has no gap.
    if (!Number.isNaN(added)) times.add(`HTTP adds to token ${length}`, [added]);
  }
}

/** Ms a token of a run. Subtle: single gaps say little where tokens may arrive together. */
function meanGap(tokenTimes: readonly number[]): number {
  return ((tokenTimes.at(-1) ?? NaN) - (tokenTimes[0] ?? NaN)) / (tokenTimes.length - 1);
}

async function stepByHand({ generator, api }: Subject, length: number, times: Times): Promise<void> {
  const { vocabularySize = 0 } = generator.facts;
  const prompt = await newStory(generator, length), path = newTokens(STEPS, vocabularySize);
  times.add(`step ${length}`, await stepTimes(generator, prompt, path));
  for (let back = STEPS - 1; back > 0; back--) {
    times.add(`back ${length}`, [await stepTime(generator, prompt, path.slice(0, back))]);
  }
  for (const token of newTokens(STEPS, vocabularySize)) {
    times.add(`branch ${length}`, [await stepTime(generator, prompt, [...path.slice(0, STEPS / 2), token])]);
  }
  await api.stepTime(prompt, []);
  for (const index of path.keys()) {
    times.add(`step ${length} http`, [await api.stepTime(prompt, path.slice(0, index + 1))]);
  }
  for (let back = STEPS - 1; back > 0; back--) {
    times.add(`back ${length} http`, [await api.stepTime(prompt, path.slice(0, back))]);
  }
  for (const token of newTokens(STEPS, vocabularySize)) {
    times.add(`branch ${length} http`, [await api.stepTime(prompt, [...path.slice(0, STEPS / 2), token])]);
  }
}

async function runSamples(subject: Subject, { ending, complete }: Way, times: Times): Promise<void> {
  const { generator } = subject;
  const one = await newStory(generator, SHARED_LENGTH), other = await newStory(generator, SHARED_LENGTH);
  times.add(`samples together${ending}`, [await perToken(() => complete(subject, one, SAMPLES))]);
  const inTurn = async () => {
    let all = 0;
    for (let sample = 0; sample < SAMPLES; sample++) all += await complete(subject, other);
    return all;
  };
  times.add(`samples in turn${ending}`, [await perToken(inTurn)]);
}

async function runClients(subject: Subject, { ending, complete }: Way, clients: number, times: Times): Promise<void> {
  const { generator } = subject;
  const prompts = await Promise.all(Array.from({ length: clients }, () => newStory(generator, SHARED_LENGTH)));
  const together = async () => {
    const counts = await Promise.all(prompts.map((prompt) => complete(subject, prompt)));
    return counts.reduce((sum, count) => sum + count);
  };
  times.add(`clients ${clients}${ending}`, [await perToken(together)]);
}

async function stall({ generator, api, lengths }: Subject, times: Times): Promise<void> {
  const longest = Math.max(...lengths);
  const prefill = async () => await api.tokenTimes(await newStory(generator, longest), { max_tokens: 1 });
  const { idle, busy } = await prefillStalls(prefill);
  times.add("stall idle", [idle]);
  times.add("stall", [busy]);
}

/** Ms for each token of work that says how many it made: a model may end a completion early. */
async function perToken(work: () => Promise<number>): Promise<number> {
  let tokens = 0;
  const elapsedMs = await elapsed(async () => tokens = await work());
  return elapsedMs / tokens;
}
