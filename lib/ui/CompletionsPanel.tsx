import type { Completion, Run } from "./generation_state.ts";
import { isRunning, tokensPerSecond } from "./generation_state.ts";
import type { GenerationViewProps } from "./generation_props.ts";
import { Button } from "./Button.tsx";
import { HeatLegend } from "./HeatLegend.tsx";
import { fixed, milliseconds } from "./number_format.ts";
import { Panel } from "./Panel.tsx";
import { ProblemCard } from "./ProblemCard.tsx";
import { STRINGS } from "./strings.ts";
import { displayTokens } from "./token_display.ts";
import { type Colouring, COLOURINGS, heat } from "./token_heat.ts";
import { TokenStrip } from "./TokenStrip.tsx";

/** The completions of a run as they stream, each with its metrics and how it ended. */
export function CompletionsPanel(props: GenerationViewProps) {
  const { run, colouring } = props;
  return (
    <Panel
      title={STRINGS.completions}
      facts={runFacts(run, props)}
      actions={
        <>
          <HeatLegend colouring={colouring} />
          <ColouringChoice colouring={colouring} onColouring={props.onColouring} />
        </>
      }
    >
      {run.problem !== undefined && <ProblemCard problem={run.problem} onRetry={props.onGenerate} />}
      {run.warnings.map((warning, index) => <p key={index} class="px-3 py-2 text-12 text-warn">{warning}</p>)}
      {run.completions.length === 0 && run.problem === undefined && (
        <p class="p-3 text-soft">
          {STRINGS.empty}
          <noscript class="block pt-1">{STRINGS.needsScript}</noscript>
        </p>
      )}
      <ol>
        {run.completions.map((completion, sequence) => (
          <CompletionRow key={sequence} {...props} completion={completion} sequence={sequence} />
        ))}
      </ol>
    </Panel>
  );
}

interface CompletionRowProps extends GenerationViewProps {
  readonly completion: Completion;
  readonly sequence: number;
}

function CompletionRow(
  { completion, sequence, run, colouring, selection, survival, onSelect, screen }: CompletionRowProps,
) {
  const displayed = displayTokens(completion.steps.map(({ token }) => token));
  const tokens = completion.steps.map((step, position) => {
    const display = displayed[position] ?? { text: "", isMark: true, breaksLine: false };
    const verdict = survival?.(step);
    return {
      display,
      heat: heat(step, colouring),
      logprob: step.logprob,
      rank: step.rank,
      ...(verdict === undefined ? {} : { survival: verdict }),
    };
  });
  const isSelected = selection?.kind === "step" && selection.sequence === sequence;
  const isStreaming = isRunning(run) && completion.reason === undefined;
  const changesAt = tokens.findIndex(({ survival }) => survival?.kind === "excluded" || survival?.kind === "lost");
  return (
    <li class="grid grid-cols-1 gap-x-3 gap-y-1 border-t border-line px-3 py-2.5 first:border-t-0 sm:grid-cols-sequence">
      <span class="hidden font-mono text-12 leading-6 text-soft sm:inline">{sequence + 1}</span>
      <div class="min-w-0">
        <TokenStrip
          label={`${STRINGS.completions} ${sequence + 1}`}
          tokens={tokens}
          selected={isSelected ? selection.position : undefined}
          isStreaming={isStreaming}
          onSelect={(position) => onSelect({ kind: "step", sequence, position })}
        />
        {survival !== undefined && !isStreaming && tokens.length > 0 && (
          <p class="text-12 text-soft">
            {changesAt >= 0
              ? STRINGS.survivalSummary(changesAt + 1)
              : tokens.every(({ survival }) => survival?.kind === "kept")
              ? STRINGS.survivalSame
              : STRINGS.survivalUnknown}
          </p>
        )}
      </div>
      <p class="flex flex-wrap items-baseline gap-x-3 font-mono text-12 leading-6 text-soft tabular-nums">
        {screen.metrics.filter(({ name }) => name in completion.metrics).map(({ name, description }) => (
          <span key={name} title={description}>
            {name} <b class="font-medium text-ink">{fixed(completion.metrics[name])}</b>
          </span>
        ))}
        {completion.reason !== undefined && <span>{completion.reason}</span>}
      </p>
    </li>
  );
}

function ColouringChoice(props: { readonly colouring: Colouring; readonly onColouring: (next: Colouring) => void }) {
  return (
    <div role="group" aria-label={STRINGS.colourBy} class="inline-flex gap-1">
      {COLOURINGS.map((name) => (
        <Button
          key={name}
          pressed={name === props.colouring}
          onClick={() => props.onColouring(name)}
        >
          {name}
        </Button>
      ))}
    </div>
  );
}

/** The quiet line of the header: what the run is doing, how fast. */
function runFacts(run: Run, { scored, scoreProblem }: GenerationViewProps): string {
  const speed = tokensPerSecond(run);
  const first = run.firstTokenMs === undefined ? undefined : milliseconds(run.firstTokenMs - run.startedMs);
  const facts = [
    phaseText(run, scored === undefined && scoreProblem === undefined),
    speed === undefined ? undefined : STRINGS.perSecond(fixed(speed, 0)),
    first === undefined ? undefined : STRINGS.firstToken(first),
  ];
  return facts.filter((fact) => fact !== undefined && fact !== "").join(" · ");
}

function phaseText(run: Run, mayLoad: boolean): string {
  switch (run.phase) {
    case "idle":
    case "done":
      return "";
    case "waiting":
      return mayLoad ? `${STRINGS.waiting} · ${STRINGS.loading}` : STRINGS.waiting;
    case "streaming":
      return STRINGS.streaming;
    case "stopped":
      return STRINGS.stopped;
    case "incomplete":
      return STRINGS.incomplete;
    case "failed":
      return STRINGS.failed;
  }
}
