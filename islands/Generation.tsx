import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Problem, RunEvent } from "../lib/lm/event.ts";
import { PARAM_RANGES, type SamplingParams } from "../lib/lm/params.ts";
import type { TokenId } from "../lib/lm/token.ts";
import type { Scored } from "../lib/lm/wire.ts";
import { ApiError } from "../lib/ui/api_client.ts";
import { fetchNextToken, fetchScore, streamRun } from "../lib/ui/generation_client.ts";
import {
  changedParams,
  type GenerationScreen,
  paramsToWire,
  sampleSource,
  screenHref,
} from "../lib/ui/generation_screen.ts";
import {
  branched,
  closed,
  continued,
  IDLE,
  isRunning,
  received,
  type Run,
  started,
  withCompletion,
} from "../lib/ui/generation_state.ts";
import { colouringEntries } from "../lib/ui/colouring_query.ts";
import { collectPerFrame } from "../lib/ui/frame.ts";
import { GenerationView } from "../lib/ui/GenerationView.tsx";
import type { ComparedCompletion } from "../lib/ui/CompletionDiff.tsx";
import type { CompletionPlace } from "../lib/ui/generation_props.ts";
import { GENERATION_STRINGS } from "../lib/ui/generation_strings.ts";
import { formatSelection, parseSelection, type Selection } from "../lib/ui/selection_text.ts";
import { type Place, START } from "../lib/ui/kept_trail.ts";
import { followInRail } from "../lib/ui/other_screen.ts";
import { isPageKey, isTyping } from "../lib/ui/page_key.ts";
import { canRedo, canUndo, hereOn, moved, redone, trailFrom, undone } from "../lib/ui/trail.ts";
import type { Colouring } from "../lib/ui/token_heat.ts";
import { useAnswer } from "../lib/ui/use_answer.ts";
import { useKeptRuns } from "../lib/ui/use_kept_runs.ts";
import { useStepsAgain } from "../lib/ui/use_steps_again.ts";

interface GenerationProps {
  readonly screen: GenerationScreen;
  /** What is wrong with the URL, when something is. */
  readonly problem: Problem | undefined;
  readonly colouring: Colouring;
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** Completions that are made at once where the params do not say how many. */
const SEVERAL = 4;

/** The generation screen: its params, its run, and what is selected. Everything it draws is in `GenerationView`. */
export default function Generation({ screen, problem, children, ...props }: GenerationProps) {
  const params = useSignal<SamplingParams>(screen.params);
  const runs = useSignal<readonly Run[]>([IDLE]);
  const trail = useSignal(trailFrom(START));
  const compared = useSignal<readonly CompletionPlace[]>([]);
  const scored = useSignal<Scored | undefined>(undefined);
  const scoreProblem = useSignal<Problem | undefined>(undefined);
  const colouring = useSignal(props.colouring);
  const isReady = useSignal(false);
  const leaving = useRef(new AbortController());
  const told = useRef<string | undefined>(undefined);
  const stopRun = useRef<AbortController | undefined>(undefined);
  const api = `/api/${screen.module}/${screen.component}`;
  const source = sampleSource(screen);

  const kept = useKeptRuns({ screen, runs, trail });
  const here = () => hereOn(trail.value) ?? START;
  const goTo = (place: Place) => {
    if (JSON.stringify(place) !== JSON.stringify(here())) trail.value = moved(trail.value, place);
  };
  const undo = () => trail.value = undone(trail.value);
  const redo = () => trail.value = redone(trail.value);
  const made = () => runs.value.filter(({ completions }) => completions.length > 0);
  useStepsAgain({ runs, shown: () => here().run, api, source, signal: () => leaving.current.signal });

  /** A new run beside the earlier ones: nothing that was generated is lost. @param isSeveral where one would be made */
  async function generate(isSeveral = false): Promise<void> {
    if (isSeveral && params.value.n === 1) params.value = { ...params.value, n: SEVERAL };
    const wanted = params.value;
    const before = made();
    // The first run may make the token that the URL has selected.
    goTo({ run: before.length, selection: before.length === 0 ? here().selection : undefined });
    await follow([...before, started(wanted, performance.now())], before.length, { params: paramsToWire(wanted) });
  }

  /** A new run by the next seed: the same params, other dice. */
  function regenerate(): void {
    const { seed } = params.value;
    params.value = { ...params.value, seed: (seed + 1) % PARAM_RANGES.seed.max };
    void generate();
  }

  /** A new run that begins with a completion's tokens, and goes on by the params on screen and the same dice. */
  async function continueFrom(sequence: number, position: number): Promise<void> {
    const { run: from } = here();
    const steps = runs.value[from]?.completions[sequence]?.steps ?? [];
    const wanted = params.value;
    const before = made();
    const run = continued(wanted, { run: from, sequence, position }, performance.now());
    const path = steps.slice(0, position).map(({ token }) => token.id);
    const body = { params: paramsToWire({ ...wanted, n: 1 }), path, first_sequence: steps[0]?.sequence ?? sequence };
    goTo({ run: before.length, selection: { kind: "step", sequence: 0, position } });
    await follow([...before, run], before.length, body, () => 0);
  }

  /** One more completion of the run on screen: the selected one's tokens, another token, and what follows by the same dice. */
  async function branch(token: TokenId): Promise<void> {
    const { run: at, selection: chosen } = here();
    const run = runs.value[at];
    if (chosen?.kind !== "step" || run?.params === undefined) return;
    const { sequence, position } = chosen;
    const steps = run.completions[sequence]?.steps ?? [];
    const path = [...steps.slice(0, position).map(({ token }) => token.id), token];
    const next = runs.value.with(at, branched(run, { sequence, position }, performance.now()));
    const salt = steps[0]?.sequence ?? sequence;
    const body = { params: { ...paramsToWire(run.params), n: 1 }, path, first_sequence: salt };
    goTo({ run: at, selection: { kind: "step", sequence: run.completions.length, position } });
    await follow(next, at, body, () => run.completions.length);
  }

  /** Streams into one of the runs. A run that is still streaming is stopped and keeps what it has. */
  async function follow(next: readonly Run[], at: number, body: object, row?: (sequence: number) => number) {
    stopRun.current?.abort();
    const controller = new AbortController();
    stopRun.current = controller;
    runs.value = next.map((run) => isRunning(run) && run !== next[at] ? closed(run, "stopped") : run);
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
    kept.save();
  }

  /** The same token of the completion before or after; false when there is none. */
  function besides(by: -1 | 0 | 1): boolean {
    const { run, selection } = here();
    if (by === 0 || selection?.kind !== "step") return false;
    const sequence = selection.sequence + by;
    const steps = runs.value[run]?.completions[sequence]?.steps ?? [];
    if (steps.length === 0) return false;
    const position = Math.min(selection.position, steps.length - 1);
    goTo({ run, selection: { kind: "step", sequence, position } });
    return true;
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

  useSignalEffect(() => {
    const { selection } = here();
    const chosen = selection === undefined ? "" : `&sel=${formatSelection(selection)}`;
    const href = screenHref({ ...screen, params: params.value }, colouringEntries(colouring.value)) + chosen;
    // The URL that opened the page stays until something of it changes.
    if (told.current !== undefined && told.current !== href) history.replaceState(history.state, "", href);
    told.current = href;
    followInRail({ ...screen, params: params.value });
  });

  useEffect(() => {
    leaving.current = new AbortController();
    kept.load();
    const selection = parseSelection(new URLSearchParams(location.search).get("sel"));
    if (selection !== undefined && made().length > 0) goTo({ ...here(), selection });
    else if (selection !== undefined) trail.value = trailFrom({ ...START, selection });
    isReady.value = true;
    void score(leaving.current.signal);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void generate(event.shiftKey);
      else if (event.key === "Escape" && isRunning(runs.value[here().run] ?? IDLE)) stopRun.current?.abort();
      else if (event.key === "Escape") goTo({ ...here(), selection: undefined });
      else if (isUndo(event)) event.shiftKey ? redo() : undo();
      else if (!isPageKey(event)) return;
      else if (event.key === "r" && made().length > 0) regenerate();
      else if (!besides(event.key === "]" ? 1 : event.key === "[" ? -1 : 0)) return;
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
    if (here().selection === undefined || !matchMedia("(max-width: 1139px)").matches) return;
    requestAnimationFrame(() => selectedToken()?.scrollIntoView({ block: "start" }));
  });

  const { run: shownRun, selection } = here();
  const run = runs.value[shownRun] ?? IDLE;
  const isChanged = run.params !== undefined && changedParams(params.value, run.params).length > 0;
  // A run that was kept has no tokens of the prompt; those of its score are the same ones.
  const prompt = run.prompt.length > 0 || run.madeOf !== undefined ? run.prompt : scored.value?.prompt ?? [];
  const promptIds = useMemo(() => prompt.length === 0 ? undefined : prompt.map(({ id }) => id), [prompt]);
  const question = isChanged ? whatIfBody(run, selection, params.value) : undefined;
  const whatIf = useAnswer(
    question && JSON.stringify(question),
    async (signal) =>
      (await fetchNextToken(`${api}/next_token`, { ...source, ...question, prompt_tokens: false }, signal)).step,
  );
  return (
    <GenerationView
      screen={screen}
      sample={children}
      params={params.value}
      run={run}
      runIndex={shownRun}
      runs={runs.value}
      compared={compared.value}
      comparison={comparison(runs.value, compared.value)}
      scored={scored.value}
      scoreProblem={scoreProblem.value}
      pageProblem={problem}
      colouring={colouring.value}
      selection={selection}
      isReady={isReady.value}
      lookedAtBy={isChanged ? params.value : undefined}
      promptIds={promptIds}
      whatIf={whatIf}
      kept={{ ...kept, clear: () => (stopRun.current?.abort(), stopRun.current = undefined, kept.clear()) }}
      canUndo={canUndo(trail.value)}
      canRedo={canRedo(trail.value)}
      onParams={(next) => params.value = next}
      onGenerate={() => void generate()}
      onBranch={(token) => void branch(token)}
      onContinue={(sequence, position) => void continueFrom(sequence, position)}
      onCompare={(sequence) => compared.value = toggled(compared.value, { run: shownRun, sequence })}
      onStepsAgain={(id) => runs.value = withCompletion(runs.value, id, (each) => ({ ...each, bare: "waiting" }))}
      onCloseComparison={() => compared.value = []}
      onRun={(index, selected) => goTo({ run: index, selection: selected })}
      onUndo={undo}
      onRedo={redo}
      onStop={() => stopRun.current?.abort()}
      onRetryScore={() => void score(leaving.current.signal)}
      onColouring={(next) => colouring.value = next}
      onSelect={(next) => {
        // The focus goes back to the token that was looked at.
        if (next === undefined) selectedToken()?.focus();
        goTo({ ...here(), selection: next });
      }}
    />
  );
}

/** Undo and redo of where one is; in a field of the form the browser undoes what was typed. */
function isUndo(event: KeyboardEvent): boolean {
  return event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !isTyping(event);
}

/** What asks for the selected step's place by the params on screen; the server has the row, or one pass gives it. */
function whatIfBody(run: Run, selection: Selection | undefined, params: SamplingParams) {
  if (selection?.kind !== "step" || isRunning(run)) return undefined;
  const { steps = [] } = run.completions[selection.sequence] ?? {};
  const step = steps[selection.position];
  if (step === undefined || step.draw.kind === "remote") return undefined;
  const path = steps.slice(0, selection.position).map(({ token }) => token.id);
  return { params: paramsToWire(params), path, first_sequence: step.sequence, limit: 10 };
}

/** A comparison with a completion more or less; of three the first leaves. */
function toggled(places: readonly CompletionPlace[], place: CompletionPlace): readonly CompletionPlace[] {
  const others = places.filter(({ run, sequence }) => run !== place.run || sequence !== place.sequence);
  return others.length < places.length ? others : [...others, place].slice(-2);
}

function comparison(runs: readonly Run[], places: readonly CompletionPlace[]) {
  const [before, after] = places.map(({ run, sequence }): ComparedCompletion | undefined => {
    const found = runs[run]?.completions[sequence];
    return found && { ...found, name: GENERATION_STRINGS.completionName(run + 1, sequence + 1) };
  });
  return before === undefined || after === undefined ? undefined : [before, after] as const;
}

function selectedToken(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-position][aria-pressed=true]");
}
