/** Has the steps of kept completions again: from their tokens and params, by the same dice. */
import { type Signal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Problem, Step } from "../../lm/event.ts";
import { ApiError } from "../api_client.ts";
import { streamRun } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { type Completion, isRunning, type Run, withCompletion } from "./generation_state.ts";
import { KEPT_STRINGS as TEXT } from "./kept_strings.ts";

interface BareRuns {
  readonly runs: Signal<readonly Run[]>;
  /** Which of them is on screen: only its steps are asked for. */
  readonly shown: () => number;
  /** Path of the component's API. */
  readonly api: string;
  /** What a request says of the sample. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly signal: () => AbortSignal;
}

export function useStepsAgain({ runs, shown, api, source, signal }: BareRuns): void {
  const isAsking = useRef(false);

  async function ask(): Promise<void> {
    const run = runs.value[shown()];
    const bare = run?.completions.find((completion) => completion.bare === "waiting");
    if (isAsking.current || run === undefined || bare === undefined || runs.value.some(isRunning)) return;
    isAsking.current = true;
    const steps = await stepsAgain(run, bare).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      return error.problem;
    });
    isAsking.current = false;
    if (signal().aborted) return;
    runs.value = withCompletion(
      runs.value,
      bare.id,
      ({ bare: _, ...rest }) => "detail" in steps ? { ...rest, bare: steps } : { ...rest, steps },
    );
  }

  async function stepsAgain({ params }: Run, { steps }: Completion): Promise<readonly Step[] | Problem> {
    const path = steps.map(({ token }) => token.id);
    const wanted = { ...(params && paramsToWire(params)), n: 1, max_tokens: path.length, stop: [] };
    const body = { ...source, params: wanted, path, first_sequence: steps[0]?.sequence ?? 0 };
    const again: Step[] = [];
    for await (const event of streamRun(`${api}/generate`, body, signal())) {
      if (event.type === "step") again.push(event);
    }
    const isSame = again.length === steps.length &&
      steps.every(({ token }, index) => again[index]?.token.id === token.id && again[index]?.token.text === token.text);
    return isSame ? again : { type: "about:blank", title: TEXT.bare, status: 0, id: "", detail: TEXT.otherTokens };
  }

  useSignalEffect(() => void ask());
}
