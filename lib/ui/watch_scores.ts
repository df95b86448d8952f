/** How the scores of a choice of rows get on: the server makes them for as long as somebody asks. */
import { call } from "./api_client.ts";
import type { RowScore, ScoringState } from "./dataset_screen.ts";

/** Between two questions. */
const PAUSE_MS = 1_000;

export interface ScoresSeen {
  readonly state: ScoringState;
  /** By number, of the rows on the page. */
  readonly scores: Readonly<Record<string, RowScore>>;
}

/**
 * What is known, again and again; undefined while the server does not answer. Ends when there is nothing more to come.
 * Subtle: a page that nobody sees asks nothing, so that the model rests.
 * @param address of the scores in the API
 */
export async function* watchScores(
  address: string,
  signal: AbortSignal,
): AsyncGenerator<ScoresSeen | undefined, void, void> {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (document.visibilityState === "hidden") continue;
    const seen = await ask(address, signal);
    yield seen;
    if (seen?.state.kind === "done" || seen?.state.kind === "failed") return;
  }
}

async function ask(address: string, signal: AbortSignal): Promise<ScoresSeen | undefined> {
  try {
    const answer: unknown = JSON.parse(await call(address, "GET", undefined, signal));
    return isScores(answer) ? answer : undefined;
  } catch {
    return undefined; // A server that is away may come back.
  }
}

function isScores(value: unknown): value is ScoresSeen {
  return typeof value === "object" && value !== null && "state" in value && "scores" in value;
}
