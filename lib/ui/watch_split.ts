/** How a split comes, asked of the server again and again until it is there. */
import { call } from "./api_client.ts";
import type { SplitState } from "./SplitProgress.tsx";

/** Between two questions. */
const PAUSE_MS = 1_000;

/**
 * Its states as they come; ends with the one that stays.
 * @param address of the split in the API
 */
export async function* watchSplit(address: string, signal: AbortSignal): AsyncGenerator<SplitState, void, void> {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const state = await ask(address, signal);
    if (state === undefined) continue;
    yield state;
    if (state.state !== "loading") return;
  }
}

/** @returns undefined where there was no answer: a server that is away may come back */
async function ask(address: string, signal: AbortSignal): Promise<SplitState | undefined> {
  try {
    const answer: unknown = JSON.parse(await call(address, "GET", undefined, signal));
    return isSplitState(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function isSplitState(value: unknown): value is SplitState {
  return typeof value === "object" && value !== null && "state" in value;
}
