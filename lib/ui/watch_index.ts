/** How an index gets on, asked of the server again and again until it is there. */
import { call } from "./api_client.ts";
import type { IndexState } from "./dataset_screen.ts";

/** Between two questions. */
const PAUSE_MS = 1_000;

/**
 * Its states as they come; ends with the one that stays.
 * @param address of the split's rows in the API
 */
export async function* watchIndex(address: string, signal: AbortSignal): AsyncGenerator<IndexState, void, void> {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const state = await ask(address, signal);
    if (state === undefined) continue;
    yield state;
    if (state.kind !== "writing") return;
  }
}

/** @returns undefined where there was no answer: a server that is away may come back */
async function ask(address: string, signal: AbortSignal): Promise<IndexState | undefined> {
  try {
    const answer: unknown = JSON.parse(await call(address, "GET", undefined, signal));
    return typeof answer === "object" && answer !== null && "index" in answer && isIndexState(answer.index)
      ? answer.index
      : undefined;
  } catch {
    return undefined;
  }
}

function isIndexState(value: unknown): value is IndexState {
  return typeof value === "object" && value !== null && "kind" in value;
}
