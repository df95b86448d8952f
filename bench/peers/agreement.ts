/** Whether all contestants compute the same: nothing else makes their times comparable. */
import type { Contestant } from "./contestant.ts";
import { REFERENCE } from "./entries.ts";
import { newPrompt, promptOf } from "./prompts.ts";

const LENGTH = 40;
/** Logprobs of the same weights in fp32 differ by the order of sums; in 8 bits, by rounding. */
const TOLERANCE = { fp32: 0.02, int8: 1 } as const;

export interface Agreement {
  readonly name: string;
  /** Largest difference of a logprob from the reference. */
  readonly largest: number;
}

/** The first is a control: the reference itself after another token in the middle. @throws {Error} when one differs too much */
export async function compareLogprobs(contestants: readonly Contestant[]): Promise<readonly Agreement[]> {
  const reference = contestants.find(({ entry }) => entry.name === REFERENCE) ?? contestants[0];
  if (reference === undefined) return [];
  const prompt = newPrompt(LENGTH);
  const wanted = await reference.ask({ type: "logprobs", prompt });
  const other = promptOf(`${prompt.text.slice(0, LENGTH / 2)}!${prompt.text.slice(LENGTH / 2 + 1)}`);
  const control = await reference.ask({ type: "logprobs", prompt: other });
  const results = [{
    name: `${reference.entry.name}, one token of ${LENGTH} changed`,
    largest: furthest(control, wanted),
  }];
  for (const contestant of contestants) {
    if (contestant === reference) continue;
    const { name, precision } = contestant.entry;
    const largest = furthest(await contestant.ask({ type: "logprobs", prompt }), wanted);
    if (!(largest <= TOLERANCE[precision])) {
      throw new Error(
        `Cannot compare ${name}: its logprobs differ by ${largest}, expected at most ${TOLERANCE[precision]}`,
      );
    }
    results.push({ name, largest });
  }
  return results;
}

/** Subtle: NaN when one is missing, which no tolerance lets pass. */
function furthest(some: readonly number[], others: readonly number[]): number {
  return others.reduce((most, value, index) => Math.max(most, Math.abs(value - (some[index] ?? NaN))), 0);
}
