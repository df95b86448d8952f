import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { Problem } from "../lib/lm/event.ts";
import type { SamplingParams } from "../lib/lm/params.ts";
import { fetchNextToken } from "../lib/ui/generation_client.ts";
import {
  changedDraws,
  editableText,
  type GenerationScreen,
  promptSource,
  screenHref,
} from "../lib/ui/address/generation_screen.ts";
import {
  IDLE,
  isRunning,
  type Run,
  whatIfOf,
  withCompletion,
  writtenCount,
} from "../lib/ui/generation/generation_state.ts";
import { colouringEntries } from "../lib/ui/address/colouring_query.ts";
import { GenerationView } from "../lib/ui/generation/GenerationView.tsx";
import {
  type Comparison,
  NOTHING_COMPARED,
  sidesOf,
  withCompletionToggled,
  withTargetToggled,
} from "../lib/ui/generation/comparison.ts";
import { formatSelection, parseSelection, type Selection } from "../lib/ui/address/selection_text.ts";
import { START } from "../lib/ui/generation/kept_trail.ts";
import { followInRail } from "../lib/ui/address/other_screen.ts";
import { commitTyped, isPageKey, isTyping, keyOf } from "../lib/ui/page_key.ts";
import { canRedo, canUndo, trailFrom } from "../lib/ui/trail.ts";
import type { Colouring } from "../lib/ui/token/token_heat.ts";
import { useAnswer } from "../lib/ui/use_answer.ts";
import { useHref } from "../lib/ui/use_href.ts";
import { useKeptRuns } from "../lib/ui/generation/use_kept_runs.ts";
import { useKeys } from "../lib/ui/use_keys.ts";
import { useOwnPrompt } from "../lib/ui/token/use_own_prompt.ts";
import { useLeaving } from "../lib/ui/generation/use_leaving.ts";
import { useRunPlaces } from "../lib/ui/generation/use_run_places.ts";
import { useRuns } from "../lib/ui/generation/use_runs.ts";
import { useStepsAgain } from "../lib/ui/generation/use_steps_again.ts";
import { selectedToken, useSelectedFocus, useTokenInSight } from "../lib/ui/inspector/use_token_in_sight.ts";
import { useTargetScore } from "../lib/ui/generation/use_target_score.ts";

interface GenerationProps {
  readonly screen: GenerationScreen;
  /** What is wrong with the URL, when something is. */
  readonly problem: Problem | undefined;
  readonly colouring: Colouring;
  /** Whether it is opened to write a prompt. */
  readonly isWriting: boolean;
  /** What shows the sample above its prompt. */
  readonly children?: ComponentChildren;
}

/** The generation screen: its params, its run, and what is selected. Everything it draws is in `GenerationView`. */
export default function Generation({ screen, problem, children, ...props }: GenerationProps) {
  const params = useSignal<SamplingParams>(screen.params);
  const runs = useSignal<readonly Run[]>([IDLE]);
  const compared = useSignal<Comparison>(NOTHING_COMPARED);
  const colouring = useSignal(props.colouring);
  const isReady = useSignal(false);
  const api = `/api/${screen.module}/${screen.component}`;
  const source = promptSource(screen);
  const signal = useLeaving();
  const places = useRunPlaces(runs);
  const { trail, here, goTo } = places;
  const kept = useKeptRuns({ screen, runs, trail });
  const making = useRuns({ api, source, params, runs, places, onEnd: kept.save });
  const { made } = making;
  const target = useTargetScore({ api, source, signal });
  useStepsAgain({ runs, shown: () => here().run, api, source, signal });

  useHref(hrefOf(screen, params.value, colouring.value, here().selection));
  useLayoutEffect(() => followInRail({ ...screen, params: params.value }), [params.value]);

  useEffect(() => {
    kept.load();
    const selection = parseSelection(new URLSearchParams(location.search).get("sel"));
    if (selection !== undefined && made().length > 0) goTo({ ...here(), selection });
    else if (selection !== undefined) trail.value = trailFrom({ ...START, selection });
    isReady.value = true;
    if (screen.target !== undefined) void target.ask();
  }, []);

  // Subtle: after the runs that are kept were read, as what it generates is added to them.
  const own = useOwnPrompt({
    text: editableText(screen),
    isWriting: props.isWriting,
    hrefOf: (ownPrompt) => hrefOf({ ...screen, ownPrompt }, params.value, colouring.value, undefined),
    onRun: (isSeveral) => void making.generate(isSeveral),
  });

  useKeys((event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      commitTyped(event);
      generate(event.shiftKey);
    } else if (event.key === "Escape") {
      if (runs.value.some(isRunning)) making.stop();
      else if (isTyping(event)) goTo({ ...here(), selection: undefined });
      else select(undefined);
      // A browser has its own use for Escape, as leaving its full screen.
      return false;
    } else if (isUndo(event)) event.shiftKey ? places.redo() : places.undo();
    else if (!isPageKey(event)) return false;
    else if (keyOf(event) === "r" && made().length > 0) void making.regenerate();
    else if (event.key === "[" || event.key === "]") return places.goBeside(event.key === "]" ? 1 : -1);
    else return false;
    return true;
  });

  useTokenInSight(() => here().selection && here());
  const focusSelected = useSelectedFocus();

  function select(next: Selection | undefined): void {
    // The focus goes back to the token that was looked at.
    if (next === undefined) selectedToken()?.focus();
    goTo({ ...here(), selection: next });
  }

  function clear(): void {
    making.drop();
    kept.clear();
    compared.value = NOTHING_COMPARED;
  }

  /** Of the prompt that is seen, which may be one that is being written. */
  function generate(isSeveral = false): void {
    if (!own.leave(isSeveral ? "run several" : "run")) void making.generate(isSeveral);
  }

  const { run: shownRun, selection } = here();
  const run = runs.value[shownRun] ?? IDLE;
  const isChanged = run.params !== undefined && changedDraws(params.value, run.params).length > 0;
  // A run that was kept has no tokens of the prompt; those of its score are the same ones.
  const prompt = run.prompt.length > 0 || run.madeOf !== undefined ? run.prompt : target.scored.value?.prompt ?? [];
  const promptIds = useMemo(() => prompt.length === 0 ? undefined : prompt.map(({ id }) => id), [prompt]);
  const question = isChanged ? whatIfOf(run, selection, params.value) : undefined;
  const whatIf = useAnswer(
    question && JSON.stringify(question),
    async (signal) =>
      (await fetchNextToken(`${api}/next_token`, { ...source, ...question, prompt_tokens: false }, signal)).step,
  );
  return (
    <GenerationView
      screen={screen}
      sample={children}
      writing={own.writing}
      params={params.value}
      run={run}
      runIndex={shownRun}
      runs={runs.value}
      compared={compared.value}
      comparison={sidesOf(compared.value, runs.value, screen.target, target.scored.value)}
      scored={target.scored.value}
      scoreProblem={target.problem.value}
      pageProblem={problem}
      colouring={colouring.value}
      selection={selection}
      isReady={isReady.value}
      lookedAtBy={isChanged ? params.value : undefined}
      promptIds={promptIds}
      whatIf={whatIf}
      kept={{ ...kept, clear }}
      canUndo={canUndo(trail.value)}
      canRedo={canRedo(trail.value)}
      onParams={(next) => params.value = next}
      onGenerate={generate}
      onRetry={() => void making.retry(run)}
      onBranch={(token) => {
        focusSelected();
        void making.branch(token);
      }}
      onContinue={(sequence, position) => void making.continueFrom(sequence, position)}
      onResume={(sequence) => void making.resume(sequence)}
      onCompare={(sequence) => {
        const isAlone = screen.target !== undefined && writtenCount(runs.value) === 1;
        compared.value = withCompletionToggled(compared.value, { run: shownRun, sequence }, isAlone);
      }}
      onCompareTarget={() => compared.value = withTargetToggled(compared.value)}
      onStepsAgain={(id) => runs.value = withCompletion(runs.value, id, (each) => ({ ...each, bare: "waiting" }))}
      onCloseComparison={() => compared.value = NOTHING_COMPARED}
      onRun={(index, selected) => goTo({ run: index, selection: selected })}
      onUndo={places.undo}
      onRedo={places.redo}
      onStop={making.stop}
      onRetryScore={() => void target.ask()}
      onColouring={(next) => colouring.value = next}
      onSelect={select}
    />
  );
}

/** What is on screen, as a link. */
function hrefOf(
  screen: GenerationScreen,
  params: SamplingParams,
  colouring: Colouring,
  selection: Selection | undefined,
): string {
  const chosen = selection === undefined ? "" : `&sel=${formatSelection(selection)}`;
  return screenHref({ ...screen, params }, colouringEntries(colouring)) + chosen;
}

/** Undo and redo of where one is; in a field of the form the browser undoes what was typed. */
function isUndo(event: KeyboardEvent): boolean {
  return (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping(event);
}
