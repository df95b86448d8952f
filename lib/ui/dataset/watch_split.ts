/** How a split comes, until it is there. */
import { askedAgain } from "./asked_again.ts";
import type { SplitState } from "./SplitProgress.tsx";

/**
 * Its states as they come; ends with the one that stays.
 * @param address of the split in the API
 */
export async function* watchSplit(address: string, signal: AbortSignal): AsyncGenerator<SplitState, void, void> {
  for await (const state of askedAgain(address, splitState, signal)) {
    if (state === undefined) continue;
    yield state;
    if (state.state !== "loading") return;
  }
}

function splitState(answer: unknown): SplitState | undefined {
  return isSplitState(answer) ? answer : undefined;
}

function isSplitState(value: unknown): value is SplitState {
  return typeof value === "object" && value !== null && "state" in value;
}
