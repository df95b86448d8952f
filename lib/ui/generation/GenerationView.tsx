import { survives, tokensBefore } from "../../lm/survival.ts";
import { colouringEntries } from "../address/colouring_query.ts";
import { CompletionDiff } from "./CompletionDiff.tsx";
import { CompletionsPanel } from "./CompletionsPanel.tsx";
import { CompletionTree } from "./CompletionTree.tsx";
import type { GenerationViewProps } from "./generation_props.ts";
import { isRunning } from "./generation_state.ts";
import { stepHref } from "../address/next_token_screen.ts";
import { type Inspected, Inspector } from "../inspector/Inspector.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { PromptPanel } from "../token/PromptPanel.tsx";
import { leaveFor, SampleBar } from "../frame/SampleBar.tsx";
import { SamplingPanel } from "./SamplingPanel.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { TargetPanel } from "./TargetPanel.tsx";
import { WithInspector } from "../inspector/WithInspector.tsx";

/** The generation screen: sample, prompt, params, completions, target, and the inspector beside or below them. */
export function GenerationView(props: GenerationViewProps) {
  const { screen, onSelect } = props;
  const inspected = findInspected(props);
  return (
    <WithInspector
      label={GENERATION_STRINGS.inspector}
      narrow={inspected === undefined ? "nowhere" : "over"}
      isReady={props.isReady}
      inspector={inspected === undefined
        ? <p class="text-13 text-soft">{GENERATION_STRINGS.inspectorEmpty}</p>
        : (
          <Inspector
            inspected={inspected}
            stepHref={hrefFrom(props)}
            onTake={inspected.kind === "step" && props.run.madeOf === undefined ? props.onBranch : undefined}
            order={props.params.order}
            onOrder={(order) => props.onParams({ ...props.params, order })}
            onClose={() => onSelect(undefined)}
          />
        )}
    >
      <form
        method="get"
        action={`/${screen.module}/${screen.component}`}
        class="flex min-w-0 flex-col gap-4"
        onChange={leaveFor}
        onSubmit={(event) => {
          // Another sample number means another page; without one, Enter generates.
          const wanted = new FormData(event.currentTarget).get("sample");
          if (wanted !== null && wanted !== String(screen.sample)) return;
          event.preventDefault();
          props.onGenerate();
        }}
      >
        <SampleBar screen={{ ...screen, params: props.params }} kept={colouringEntries(props.colouring)} />
        {props.pageProblem !== undefined && <ProblemCard problem={props.pageProblem} />}
        {props.sample}
        <PromptPanel
          screen={{ ...screen, params: props.params }}
          kept={colouringEntries(props.colouring)}
          tokens={props.run.prompt.length > 0 ? props.run.prompt : props.scored?.prompt}
          writing={props.writing}
          isReady={props.isReady}
        />
        <SamplingPanel {...props} />
      </form>
      <CompletionsPanel {...props} />
      {props.comparison !== undefined && (
        <CompletionDiff
          before={props.comparison[0]}
          after={props.comparison[1]}
          onClose={props.onCloseComparison}
        />
      )}
      {!props.runs.some(isRunning) && (
        <CompletionTree
          runs={props.runs}
          shown={{ run: props.runIndex, sequence: props.selection?.kind === "step" ? props.selection.sequence : 0 }}
          canUndo={props.canUndo}
          canRedo={props.canRedo}
          onUndo={props.onUndo}
          onRedo={props.onRedo}
          onGo={props.onRun}
        />
      )}
      <TargetPanel {...props} />
    </WithInspector>
  );
}

/** The next-token screen at the selected position: the tokens before it chosen, it and its rivals to choose from. */
function hrefFrom({ screen, params, run, scored, selection }: GenerationViewProps): string | undefined {
  if (screen.nextToken === undefined || selection === undefined) return undefined;
  // The other screen has the prompt that stands above.
  if (selection.kind === "step" && run.madeOf !== undefined) return undefined;
  const chosen = selection.kind === "scored" ? scored?.tokens : run.completions[selection.sequence]?.steps;
  const before = chosen?.slice(0, selection.position).map(({ token }) => token.id) ?? [];
  return stepHref({ ...screen, component: screen.nextToken, params: run.params ?? params }, before);
}

/** What the selection stands on; undefined when that is not, or no longer, there. */
export function findInspected(
  { run, scored, selection, lookedAtBy, promptIds, whatIf }: Pick<
    GenerationViewProps,
    "run" | "scored" | "selection" | "lookedAtBy" | "promptIds" | "whatIf"
  >,
): Inspected | undefined {
  if (selection === undefined) return undefined;
  if (selection.kind === "scored") {
    const token = scored?.tokens[selection.position];
    if (token === undefined) return undefined;
    const blank = scored?.nullLogprobs?.[selection.position];
    const pmiNats = blank === undefined ? undefined : token.logprob - blank;
    return { kind: "scored", token, position: selection.position, pmiNats };
  }
  const { steps = [] } = run.completions[selection.sequence] ?? {};
  const step = steps[selection.position];
  if (step === undefined) return undefined;
  const before = tokensBefore(steps, selection.position, promptIds);
  // Subtle: a branch falls by the dice of the completion that it leaves, and stands in a row of its own.
  return {
    kind: "step",
    step,
    completion: selection.sequence,
    survival: lookedAtBy && survives(step, lookedAtBy, before),
    whatIf,
  };
}
