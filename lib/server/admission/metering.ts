/** Counts what requests spend at servers that bill tokens. */
import type { Context } from "fresh";
import type { Generator } from "../../generators/generator.ts";
import type { RunEvent } from "../../lm/event.ts";
import type { State, Tally } from "../app_state.ts";
import type { Reservation } from "./budget.ts";

/** Bytes of text a token at least stands for, on average: more tokens than these are not expected of a prompt. */
const BYTES_PER_TOKEN = 2;

/** Who asks, and the app. */
export type Spender = Pick<Context<State>, "state">;

/**
 * Sets aside what a request may spend at most, if its generator is billed by tokens and the app has a budget.
 * @throws {ProblemError} 429 when the budget does not allow it
 */
export async function reserve(
  { state: { budget, client } }: Spender,
  generator: Generator,
  prompt: string,
  completionTokens: number,
): Promise<Reservation | undefined> {
  if (budget === undefined || generator.isBilled !== true) return undefined;
  return await budget.reserve(client, promptTokens(prompt) + completionTokens);
}

function promptTokens(prompt: string): number {
  return Math.ceil(new TextEncoder().encode(prompt).byteLength / BYTES_PER_TOKEN);
}

/** Passes a run's events on, and settles its reservation by what was used, however it ends. */
export async function* metered(
  events: AsyncGenerator<RunEvent, void, void>,
  reservation: Reservation | undefined,
  prompt: string,
  tally: Tally,
): AsyncGenerator<RunEvent, void, void> {
  let prompts = 0, completion = 0;
  try {
    for await (const event of events) {
      if (event.type === "step") completion++;
      if (event.type === "finish") prompts = Math.max(prompts, event.usage.promptTokens);
      yield event;
    }
  } finally {
    tally.tokens = completion;
    // A run that was cut off has not told its prompt's length.
    await reservation?.settle((prompts || promptTokens(prompt)) + completion);
  }
}
