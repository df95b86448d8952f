/** Asks what may come next at the place that is on screen. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import { ApiError } from "../api_client.ts";
import { fetchNextToken } from "../generation_client.ts";
import { paramsToWire } from "../address/generation_screen.ts";
import { PAGE_SIZE } from "../address/next_token_screen.ts";
import type { StepPlace } from "./use_step_place.ts";

interface NextQuestionOptions {
  /** Path of the component's API. */
  readonly api: string;
  /** Names the sample and the generator. */
  readonly source: object;
  readonly place: StepPlace;
  /** What is wrong with the page as it was opened. */
  readonly problem: Problem | undefined;
}

export interface NextQuestion {
  /**
   * Gives up an older question.
   * @param find what is looked for besides; default: what the place looks for
   * @returns undefined when it was given up itself, or has failed
   */
  readonly ask: (
    more?: { readonly append?: string; readonly offset?: number },
    find?: string,
  ) => Promise<NextToken | undefined>;
  readonly isBusy: Signal<boolean>;
  readonly problem: Signal<Problem | undefined>;
  /** Aborts when the place of the last question is left. */
  readonly signal: () => AbortSignal | undefined;
}

export function useNextQuestion({ api, source, place, ...opened }: NextQuestionOptions): NextQuestion {
  const { params, path, next, query } = place;
  const problem = useSignal(opened.problem);
  const isBusy = useSignal(false);
  const asking = useRef<AbortController | undefined>(undefined);

  async function ask(
    more: { readonly append?: string; readonly offset?: number } = {},
    wanted = query.value,
  ): Promise<NextToken | undefined> {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    isBusy.value = true;
    const find = wanted === "" ? {} : { find: wanted };
    // The prompt is the same for as long as the page stands.
    const prompt = next.value?.prompt;
    const body = { ...source, params: paramsToWire(params.value), path: path.value, ...find };
    try {
      const answer = await fetchNextToken(
        `${api}/next_token`,
        { ...body, limit: PAGE_SIZE, prompt_tokens: prompt === undefined, ...more },
        controller.signal,
      );
      problem.value = undefined;
      return { ...(prompt && { prompt }), ...answer };
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      if (!(error instanceof ApiError)) throw error;
      problem.value = error.problem;
      if (error.problem.field !== "find") return undefined;
      // What cannot be looked for takes nothing from the list.
      const answer = await ask(more, "");
      if (answer !== undefined) problem.value = error.problem;
      return answer;
    } finally {
      if (asking.current === controller) isBusy.value = false;
    }
  }

  useEffect(() => () => asking.current?.abort(), []);

  return { ask, isBusy, problem, signal: () => asking.current?.signal };
}
