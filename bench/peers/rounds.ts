/** One round, interleaved: whatever else the machine does falls on all contestants alike. */
import { newTokens } from "../prompts.ts";
import { gaps } from "../statistics.ts";
import type { Times } from "../times.ts";
import type { Contestant } from "./contestant.ts";
import { OURS } from "./entries.ts";
import { newPrompt } from "./prompts.ts";

/** Tokens of the prompt. */
export const LENGTHS = [16, 128, 512] as const;
export type Length = typeof LENGTHS[number];

/** What everybody generates before anything is timed: a round's processes are new, and what has just begun is slow for a while. */
const WARM_UP = { length: 16, count: 32 } as const;
const VOCABULARY = 50_257;
const STEPS = 8;
/** A step in PyTorch runs the whole prefix again. */
const RECOMPUTED_STEPS = 2;
export const CLIENTS = 16;
const SAMPLES = 4;
/** Tokens of the prompt, and of each completion, where several run. */
const SHARED = { length: 128, count: 32 } as const;

export const decodeOf = (name: string, length: Length) => `${name} decode ${length}`;
export const firstOf = (name: string, length: Length) => `${name} first ${length}`;
export const loadOf = (name: string) => `${name} load`;
export const stepOf = (name: string, length: Length) => `${name} step ${length}`;

/** @param tokens that are generated after each prompt */
export async function runRound(
  contestants: readonly Contestant[],
  tokens: number,
  times: Times,
  say: (line: string) => void,
): Promise<void> {
  say("warming up");
  for (const contestant of contestants) {
    await contestant.ask({ type: "generate", prompt: newPrompt(WARM_UP.length), count: WARM_UP.count });
  }
  for (const length of LENGTHS) {
    say(`after ${length} tokens`);
    for (const contestant of contestants) await generate(contestant, length, tokens, times);
    for (const contestant of contestants) await takeSteps(contestant, length, times);
  }
  say("several at once");
  for (const contestant of contestants) if (isOurs(contestant)) await runSeveral(contestant, times);
}

function isOurs({ entry }: Contestant): boolean {
  return entry.name.startsWith(OURS);
}

async function generate(contestant: Contestant, length: Length, count: number, times: Times): Promise<void> {
  const { name } = contestant.entry;
  const tokenTimes = await contestant.ask({ type: "generate", prompt: newPrompt(length), count });
  times.add(firstOf(name, length), tokenTimes.slice(0, 1));
  // Subtle: the second token may arrive right behind a first one that came late, so no gap is counted from there.
  times.add(decodeOf(name, length), gaps(tokenTimes.slice(1)));
}

async function takeSteps(contestant: Contestant, length: Length, times: Times): Promise<void> {
  const { name } = contestant.entry;
  const isRecomputed = name.startsWith("torch") && length === LENGTHS.at(-1);
  if (!isRecomputed && !isOurs(contestant)) return;
  const tokens = newTokens(isRecomputed ? RECOMPUTED_STEPS : STEPS, VOCABULARY);
  times.add(stepOf(name, length), await contestant.ask({ type: "steps", prompt: newPrompt(length), tokens }));
}

async function runSeveral(contestant: Contestant, times: Times): Promise<void> {
  const { name } = contestant.entry;
  const { length, count } = SHARED;
  for (const together of [true, false]) {
    const how = together ? "together" : "in turn";
    const prompts = Array.from({ length: CLIENTS }, () => newPrompt(length));
    times.add(`${name} clients ${how}`, await contestant.ask({ type: "clients", prompts, count, together }));
    const prompt = newPrompt(length);
    times.add(`${name} samples ${how}`, await contestant.ask({ type: "samples", prompt, n: SAMPLES, count, together }));
  }
  const [idle = NaN, busy = NaN] = await contestant.ask({ type: "stall", length: 512 });
  times.add(`${name} stall idle`, [idle]);
  times.add(`${name} stall busy`, [busy]);
}
