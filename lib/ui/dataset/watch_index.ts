/** How an index gets on, until it is there. */
import { askedAgain } from "./asked_again.ts";
import type { IndexState } from "../../datasets/dataset.ts";

/**
 * Its states as they come; ends with the one that stays.
 * @param address of the split's rows in the API
 */
export async function* watchIndex(address: string, signal: AbortSignal): AsyncGenerator<IndexState, void, void> {
  for await (const state of askedAgain(address, indexState, signal)) {
    if (state === undefined) continue;
    yield state;
    if (state.kind !== "writing") return;
  }
}

function indexState(answer: unknown): IndexState | undefined {
  const hasIndex = typeof answer === "object" && answer !== null && "index" in answer;
  return hasIndex && isIndexState(answer.index) ? answer.index : undefined;
}

function isIndexState(value: unknown): value is IndexState {
  return typeof value === "object" && value !== null && "kind" in value;
}
