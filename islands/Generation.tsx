import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem, RunEvent } from "../lib/lm/event.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import { survives } from "../lib/lm/survival.ts";
import type { Scored } from "../lib/lm/wire.ts";
import { ApiError, fetchScore, streamRun } from "../lib/ui/api_client.ts";
import { changedParams, type GenerationScreen, paramsToWire, screenHref } from "../lib/ui/generation_screen.ts";
import { closed, IDLE, isRunning, received, type Run, started } from "../lib/ui/generation_state.ts";
import { collectPerFrame } from "../lib/ui/frame.ts";
import { GenerationView } from "../lib/ui/GenerationView.tsx";
import type { Selection } from "../lib/ui/generation_props.ts";
import type { Colouring } from "../lib/ui/token_heat.ts";

interface GenerationProps {
  readonly screen: GenerationScreen;
  /** What is wrong with the URL, when something is. */
  readonly problem: Problem | undefined;
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** The generation screen: its params, its run, and what is selected. Everything it draws is in `GenerationView`. */
export default function Generation({ screen, problem, children }: GenerationProps) {
  const params = useSignal<SamplingParams>(screen.params);
  const run = useSignal<Run>(IDLE);
  const scored = useSignal<Scored | undefined>(undefined);
  const scoreProblem = useSignal<Problem | undefined>(undefined);
  const colouring = useSignal<Colouring>("p");
  const selection = useSignal<Selection | undefined>(undefined);
  const isReady = useSignal(false);
  const stopRun = useRef<AbortController | undefined>(undefined);
  const api = `/api/${screen.module}/${screen.component}`;
  const source = { task: screen.task, split: screen.split, sample: screen.sample, generator: screen.generator };

  async function generate(): Promise<void> {
    stopRun.current?.abort();
    const controller = new AbortController();
    stopRun.current = controller;
    const wanted = params.value;
    run.value = started(wanted, performance.now());
    selection.value = undefined;
    const frame = collectPerFrame<RunEvent>((events, nowMs) => run.value = received(run.value, events, nowMs));
    try {
      const body = { ...source, params: paramsToWire(wanted) };
      for await (const event of streamRun(`${api}/generate`, body, controller.signal)) frame.add(event);
      if (stopRun.current !== controller) return frame.drop();
      frame.flush();
      run.value = closed(run.value, controller.signal.aborted ? "stopped" : "end");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      frame.flush();
      run.value = closed(run.value, error.problem);
    }
  }

  async function score(signal: AbortSignal): Promise<void> {
    if (screen.target === undefined) return;
    try {
      scoreProblem.value = undefined;
      scored.value = await fetchScore(`${api}/score`, source, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      scoreProblem.value = error.problem;
    }
  }

  function changeParams(next: SamplingParams): void {
    params.value = next;
    history.replaceState(history.state, "", screenHref({ ...screen, params: next }));
  }

  useEffect(() => {
    isReady.value = true;
    const controller = new AbortController();
    void score(controller.signal);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void generate();
      else if (event.key === "Escape" && isRunning(run.value)) stopRun.current?.abort();
      else if (event.key === "Escape") selection.value = undefined;
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      controller.abort();
      stopRun.current?.abort();
    };
  }, []);

  const isChanged = run.value.params !== undefined && changedParams(params.value, run.value.params).length > 0;
  return (
    <GenerationView
      screen={screen}
      sample={children}
      params={params.value}
      run={run.value}
      scored={scored.value}
      scoreProblem={scoreProblem.value}
      pageProblem={problem}
      colouring={colouring.value}
      selection={selection.value}
      isReady={isReady.value}
      survival={isChanged ? (step) => survives(step, params.value) : undefined}
      onParams={changeParams}
      onGenerate={() => void generate()}
      onStop={() => stopRun.current?.abort()}
      onRetryScore={() => void score(new AbortController().signal)}
      onColouring={(next) => colouring.value = next}
      onSelect={(next) => selection.value = next}
    />
  );
}
