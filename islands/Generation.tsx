import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem, RunEvent } from "../lib/lm/event.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import { survives } from "../lib/lm/survival.ts";
import type { TokenId } from "../lib/lm/token.ts";
import type { Scored } from "../lib/lm/wire.ts";
import { ApiError } from "../lib/ui/api_client.ts";
import { fetchScore, streamRun } from "../lib/ui/generation_client.ts";
import {
  changedParams,
  type GenerationScreen,
  paramsToWire,
  sampleSource,
  screenHref,
} from "../lib/ui/generation_screen.ts";
import { branched, closed, IDLE, isRunning, received, type Run, started } from "../lib/ui/generation_state.ts";
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
  const runs = useSignal<readonly Run[]>([IDLE]);
  const shownRun = useSignal(0);
  const scored = useSignal<Scored | undefined>(undefined);
  const scoreProblem = useSignal<Problem | undefined>(undefined);
  const colouring = useSignal<Colouring>("p");
  const selection = useSignal<Selection | undefined>(undefined);
  const isReady = useSignal(false);
  const leaving = useRef(new AbortController());
  const stopRun = useRef<AbortController | undefined>(undefined);
  const api = `/api/${screen.module}/${screen.component}`;
  const source = sampleSource(screen);

  /** A new run beside the earlier ones: nothing that was generated is lost. */
  async function generate(): Promise<void> {
    const wanted = params.value;
    const kept = runs.value.filter(({ completions }) => completions.length > 0);
    selection.value = undefined;
    await follow([...kept, started(wanted, performance.now())], kept.length, { params: paramsToWire(wanted) });
  }

  /** One more completion of the run on screen: the selected one's tokens, another token, and what follows by the same dice. */
  async function branch(token: TokenId): Promise<void> {
    const chosen = selection.value;
    const run = runs.value[shownRun.value];
    if (chosen?.kind !== "step" || run?.params === undefined) return;
    const { sequence, position } = chosen;
    const steps = run.completions[sequence]?.steps ?? [];
    const path = [...steps.slice(0, position).map(({ token }) => token.id), token];
    const next = runs.value.with(shownRun.value, branched(run, { sequence, position }, performance.now()));
    const salt = steps[0]?.sequence ?? sequence;
    const body = { params: { ...paramsToWire(run.params), n: 1 }, path, first_sequence: salt };
    selection.value = { kind: "step", sequence: run.completions.length, position };
    await follow(next, shownRun.value, body, () => run.completions.length);
  }

  /** Streams into one of the runs. A run that is still streaming is stopped and keeps what it has. */
  async function follow(next: readonly Run[], at: number, body: object, row?: (sequence: number) => number) {
    stopRun.current?.abort();
    const controller = new AbortController();
    stopRun.current = controller;
    runs.value = next.map((run) => isRunning(run) && run !== next[at] ? closed(run, "stopped") : run);
    shownRun.value = at;
    const change = (edit: (run: Run) => Run) => {
      const run = runs.value[at];
      if (run !== undefined) runs.value = runs.value.with(at, edit(run));
    };
    const frame = collectPerFrame<RunEvent>((events, nowMs) => change((run) => received(run, events, nowMs, row)));
    try {
      for await (const event of streamRun(`${api}/generate`, { ...source, ...body }, controller.signal)) {
        frame.add(event);
      }
      if (stopRun.current !== controller) return frame.drop();
      frame.flush();
      change((run) => closed(run, controller.signal.aborted ? "stopped" : "end"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      frame.flush();
      change((run) => closed(run, error.problem));
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
    leaving.current = new AbortController();
    void score(leaving.current.signal);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void generate();
      else if (event.key === "Escape" && isRunning(runs.value[shownRun.value] ?? IDLE)) stopRun.current?.abort();
      else if (event.key === "Escape") selection.value = undefined;
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("keydown", onKey);
      leaving.current.abort();
      stopRun.current?.abort();
    };
  }, []);

  useSignalEffect(() => {
    // The inspector is a sheet over the lower part of a narrow screen: the token it tells of is moved above it.
    if (selection.value === undefined || !matchMedia("(max-width: 1139px)").matches) return;
    requestAnimationFrame(() => selectedToken()?.scrollIntoView({ block: "start" }));
  });

  const run = runs.value[shownRun.value] ?? IDLE;
  const isChanged = run.params !== undefined && changedParams(params.value, run.params).length > 0;
  return (
    <GenerationView
      screen={screen}
      sample={children}
      params={params.value}
      run={run}
      runIndex={shownRun.value}
      runCount={runs.value.length}
      scored={scored.value}
      scoreProblem={scoreProblem.value}
      pageProblem={problem}
      colouring={colouring.value}
      selection={selection.value}
      isReady={isReady.value}
      survival={isChanged ? (step) => survives(step, params.value) : undefined}
      onParams={changeParams}
      onGenerate={() => void generate()}
      onBranch={(token) => void branch(token)}
      onRun={(index) => {
        shownRun.value = index;
        selection.value = undefined;
      }}
      onStop={() => stopRun.current?.abort()}
      onRetryScore={() => void score(leaving.current.signal)}
      onColouring={(next) => colouring.value = next}
      onSelect={(next) => {
        // The focus goes back to the token that was looked at.
        if (next === undefined) selectedToken()?.focus();
        selection.value = next;
      }}
    />
  );
}

function selectedToken(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-position][aria-pressed=true]");
}
