/** How probable the model finds the target of a sample. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { Problem } from "../../lm/event.ts";
import type { Scored } from "../../lm/wire.ts";
import { ApiError } from "../api_client.ts";
import { fetchScore } from "../generation_client.ts";

export interface TargetScore {
  readonly scored: ReadonlySignal<Scored | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  readonly ask: () => Promise<void>;
}

interface TargetScoreOptions {
  /** Path of the component's API. */
  readonly api: string;
  /** Names the sample. */
  readonly source: object;
  readonly signal: () => AbortSignal;
}

export function useTargetScore({ api, source, signal }: TargetScoreOptions): TargetScore {
  const scored = useSignal<Scored | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);

  async function ask(): Promise<void> {
    const asked = signal();
    try {
      problem.value = undefined;
      scored.value = await fetchScore(`${api}/score`, source, asked);
    } catch (error) {
      if (asked.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
    }
  }

  return { scored, problem, ask };
}
