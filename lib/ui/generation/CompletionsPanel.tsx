import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { detokenize } from "../../lm/detokenize.ts";
import { visibleText } from "../../lm/visible_text.ts";
import { type SurvivalVerdict, verdictsAlong } from "../../lm/survival.ts";
import { Announcer } from "../Announcer.tsx";
import type { BranchPoint, Completion, Run } from "./generation_state.ts";
import { isEmptyFailure, isRunning, latest, writtenCount } from "./generation_state.ts";
import type { GenerationViewProps } from "./generation_props.ts";
import { Button } from "../Button.tsx";
import { CopyButton } from "../CopyButton.tsx";
import { HeatLegend } from "../token/HeatLegend.tsx";
import { KEPT_STRINGS } from "./kept_strings.ts";
import { KeptRunsBar } from "./KeptRunsBar.tsx";
import { paramsText } from "../params/params_text.ts";
import { fixed } from "../measure_text.ts";
import { count, plural } from "../number_format.ts";
import { paceText } from "../pace.ts";
import { Panel } from "../Panel.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { PROMPT_STRINGS } from "../token/prompt_strings.ts";
import { runSummary } from "./run_summary.ts";
import { Segments } from "../token/Segments.tsx";
import { SurvivalLine } from "../inspector/SurvivalLine.tsx";
import { TextButton } from "../TextButton.tsx";
import { RUN_STRINGS } from "../run_strings.ts";
import { STRINGS } from "../strings.ts";
import { COLOURINGS } from "../token/token_heat.ts";
import { TokenStrip } from "../token/TokenStrip.tsx";
import { useStreamedText } from "../use_streamed_text.ts";
import { useStripTokens } from "../token/use_strip_tokens.ts";

/** The completions of a run as they stream, each with its metrics and how it ended. */
export function CompletionsPanel(props: GenerationViewProps) {
  const { run, colouring } = props;
  const rows = useRef<HTMLOListElement>(null);
  // The button stands above the params: on a small screen what it starts would be below the fold.
  useLayoutEffect(() => {
    if (isRunning(run)) rows.current?.scrollIntoView({ block: "nearest" });
  }, [run.pace?.startedMs]);
  return (
    <Panel
      title={GENERATION_STRINGS.completions}
      facts={runFacts(run, props)}
      actions={
        <>
          {props.runs.length > 1 && <RunChoice {...props} />}
          <HeatLegend colouring={colouring} />
          <Segments
            label={GENERATION_STRINGS.colourBy}
            names={COLOURINGS}
            chosen={colouring}
            onChoose={props.onColouring}
          />
        </>
      }
    >
      {run.problem !== undefined && <ProblemCard problem={run.problem} onRetry={props.onRetry} />}
      {run.madeOf !== undefined && <p class="px-3 py-2 text-12 text-warn">{KEPT_STRINGS.madeOfOther}</p>}
      {run.warnings.map((warning, index) => (
        <p key={index} class="px-3 py-2 text-12 text-warn">{visibleText(warning)}</p>
      ))}
      <DrawnBy {...props} />
      {run.completions.length === 0 && run.problem === undefined && (
        <p class="p-3 text-soft">
          {GENERATION_STRINGS.empty}
          <noscript class="block pt-1">{GENERATION_STRINGS.needsScript}</noscript>
        </p>
      )}
      <StreamAnnouncer runs={props.runs} />
      <ol ref={rows} class="scroll-mb-4">
        {run.completions.map((completion, sequence) =>
          isEmptyFailure(completion)
            ? null
            : <CompletionRow key={sequence} {...props} completion={completion} sequence={sequence} />
        )}
      </ol>
      <RunSummary {...props} />
      <CompareHint {...props} />
      <KeptRunsBar {...props} />
    </Panel>
  );
}

/** Of several completions, how alike they are. */
function RunSummary({ run, screen }: GenerationViewProps) {
  const text = useMemo(
    () => isRunning(run) ? "" : runSummary(run.completions, screen.metrics.map(({ name }) => name)),
    [run, screen.metrics],
  );
  return text === "" ? null : <p class="border-t border-line px-3 py-2 text-12 text-soft tabular-nums">{text}</p>;
}

/** What comes next where one side of a comparison was chosen. */
function CompareHint({ compared, comparison, runs, screen }: GenerationViewProps) {
  if (comparison !== undefined || !(compared.hasTarget || compared.completions.length > 0)) return null;
  const isAlone = writtenCount(runs) + (screen.target === undefined ? 0 : 1) < 2;
  return (
    <p role="status" class="px-3 py-2 text-12 text-soft">
      {isAlone ? GENERATION_STRINGS.compareAlone : GENERATION_STRINGS.compareNext}
    </p>
  );
}

/** By which params the run was drawn, where they are not those on screen, and a way to have them there. */
function DrawnBy({ run, params, onParams }: GenerationViewProps) {
  const by = run.params, changed = by === undefined ? "" : paramsText(by, params);
  if (by === undefined || changed === "" || writtenCount([run]) === 0) return null;
  return (
    <p class="break-anywhere px-3 py-2 text-12 text-soft">
      {GENERATION_STRINGS.drawnBy(changed)}{" "}
      <TextButton onClick={() => onParams(by)}>{GENERATION_STRINGS.takeParams}</TextButton>
    </p>
  );
}

/** Tells the run that streams, whichever is on screen, and once it has ended what is left of it. */
function StreamAnnouncer({ runs }: Pick<GenerationViewProps, "runs">) {
  const id = useRef("");
  const streaming = runs.find(isRunning);
  if (streaming !== undefined) id.current = streaming.id;
  const run = runs.find((each) => each.id === id.current);
  const told = run && latest(run);
  const streamed = useStreamedText(told?.steps ?? []);
  return <Announcer of={told?.id ?? ""} text={told?.text ?? streamed} isStreaming={streaming !== undefined} />;
}

const NO_VERDICTS: readonly SurvivalVerdict[] = [];

interface CompletionRowProps extends GenerationViewProps {
  readonly completion: Completion;
  readonly sequence: number;
}

function CompletionRow(
  { completion, sequence, run, runIndex, colouring, selection, lookedAtBy, promptIds, screen, ...rest }:
    CompletionRowProps,
) {
  const { steps } = completion;
  const verdicts = useMemo(
    () => lookedAtBy === undefined ? NO_VERDICTS : verdictsAlong(steps, lookedAtBy, promptIds),
    [steps, lookedAtBy, promptIds],
  );
  const tokens = useStripTokens(steps, colouring, verdicts);
  const isSelected = selection?.kind === "step" && selection.sequence === sequence;
  const isStreaming = isRunning(run) && completion.reason === undefined;
  const name = GENERATION_STRINGS.completionName(runIndex + 1, sequence + 1);
  return (
    <li class="grid grid-cols-1 gap-x-3 gap-y-1 border-t border-line px-3 py-2.5 first:border-t-0 sm:grid-cols-sequence">
      <span class="hidden font-mono text-12 leading-6 text-soft sm:inline">{sequence + 1}</span>
      <div class="min-w-0">
        {completion.branch !== undefined && (
          <p class="text-12 text-soft">
            {branchText(completion.branch)}
          </p>
        )}
        <TokenStrip
          label={`${GENERATION_STRINGS.completions} ${sequence + 1}`}
          tokens={tokens}
          selected={isSelected ? selection.position : undefined}
          isStreaming={isStreaming}
          onSelect={(position) => rest.onSelect({ kind: "step", sequence, position })}
        />
        {completion.bare !== undefined && (
          <BareNote completion={completion} onAgain={run.madeOf === undefined ? rest.onStepsAgain : undefined} />
        )}
        {lookedAtBy !== undefined && completion.bare === undefined && !isStreaming && tokens.length > 0 && (
          <SurvivalLine
            verdicts={verdicts}
            by={lookedAtBy}
            drawnBy={run.params ?? lookedAtBy}
            onContinue={(position) => rest.onContinue(sequence, position)}
          />
        )}
      </div>
      <p class="flex flex-wrap content-start items-baseline gap-x-3 font-mono text-12 leading-6 text-soft tabular-nums sm:justify-end">
        {screen.metrics.filter(({ name }) => name in completion.metrics).map(({ name, description }) => (
          <span key={name} title={description}>
            {name} <b class="font-medium text-ink">{fixed(completion.metrics[name])}</b>
          </span>
        ))}
        {completion.reason !== undefined && <span>{completion.reason}</span>}
        {tokens.length > 0 && <span>{lengthText(tokens.length, isStreaming ? run.params?.maxTokens : undefined)}</span>}
        {isCutOff(completion) && !isRunning(run) && run.madeOf === undefined && (
          <TextButton onClick={() => rest.onResume(sequence)}>{RUN_STRINGS.resume}</TextButton>
        )}
        {tokens.length > 0 && !isStreaming && (
          <span class="inline-flex gap-x-3">
            <TextButton
              label={GENERATION_STRINGS.compareWith(name)}
              pressed={rest.compared.completions.some((at) => at.run === runIndex && at.sequence === sequence)}
              onClick={() =>
                rest.onCompare(sequence)}
            >
              {GENERATION_STRINGS.compare}
            </TextButton>
            <CopyCompletion completion={completion} name={name} />
          </span>
        )}
      </p>
    </li>
  );
}

/** How many tokens there are, and while more come how many there may be. */
function lengthText(tokens: number, most: number | undefined): string {
  return most === undefined
    ? plural(tokens, "token", "tokens")
    : GENERATION_STRINGS.tokensOfMost(count(tokens), count(most));
}

/** One that was stopped has no text but that of its tokens. */
function CopyCompletion({ completion: { text, steps }, name }: Pick<CompletionRowProps, "completion"> & {
  readonly name: string;
}) {
  const written = useMemo(() => text ?? detokenize(steps.map(({ token }) => token)), [text, steps]);
  return <CopyButton as={TextButton} label={GENERATION_STRINGS.copyCompletion(name)} text={written} />;
}

/** Why a kept completion shows its tokens alone. */
function BareNote({ completion: { id, bare }, onAgain }: {
  readonly completion: Completion;
  /** Absent where they would be those of another prompt. */
  readonly onAgain: ((id: string) => void) | undefined;
}) {
  if (bare === undefined) return null;
  if (bare === "waiting") return <p class="text-12 text-soft">{KEPT_STRINGS.bareWaiting}</p>;
  return (
    <p class="text-12 text-warn">
      {visibleText(`${KEPT_STRINGS.bare}: ${bare.detail}`)}{" "}
      {onAgain !== undefined && <TextButton onClick={() => onAgain(id)}>{STRINGS.retry}</TextButton>}
    </p>
  );
}

function branchText({ run, sequence, position }: BranchPoint): string {
  return run === undefined
    ? GENERATION_STRINGS.branchOf(sequence + 1, position + 1)
    : GENERATION_STRINGS.continuedFrom(run + 1, sequence + 1, position + 1);
}

/** The runs of this page, back and forth. */
function RunChoice({ runIndex, runs, onRun }: GenerationViewProps) {
  const runCount = runs.length;
  return (
    <span class="inline-flex items-center gap-1 text-12 text-soft tabular-nums">
      <Button label={GENERATION_STRINGS.earlier} disabled={runIndex === 0} onClick={() => onRun(runIndex - 1)}>
        ◀
      </Button>
      {GENERATION_STRINGS.runOf(runIndex + 1, runCount)}
      <Button label={GENERATION_STRINGS.later} disabled={runIndex === runCount - 1} onClick={() => onRun(runIndex + 1)}>
        ▶
      </Button>
    </span>
  );
}

/** Whether it can go on where it ended; a server that draws by itself cannot be brought back there. */
function isCutOff({ reason, steps, bare }: Completion): boolean {
  const isEarly = reason === "cancelled" || reason === "incomplete" || reason === "error";
  return isEarly && bare === undefined && steps.length > 0 && steps.at(-1)?.draw.kind !== "remote";
}

/** The quiet line of the header: what the run is doing, how fast. */
function runFacts(run: Run, { screen, scored, scoreProblem }: GenerationViewProps): string {
  const whose = screen.ownPrompt === undefined ? "" : PROMPT_STRINGS.own.ofRuns;
  const phase = phaseText(run, scored === undefined && scoreProblem === undefined);
  return [whose, phase, paceText(run.pace)].filter((fact) => fact !== "").join(" · ");
}

function phaseText(run: Run, mayLoad: boolean): string {
  switch (run.phase) {
    case "idle":
    case "done":
      return "";
    case "waiting":
      if (run.ahead !== undefined) return RUN_STRINGS.queued(run.ahead);
      return mayLoad ? `${GENERATION_STRINGS.waiting} · ${GENERATION_STRINGS.loading}` : GENERATION_STRINGS.waiting;
    case "streaming":
      return GENERATION_STRINGS.streaming;
    case "stopped":
      return GENERATION_STRINGS.stopped;
    case "incomplete":
      return GENERATION_STRINGS.incomplete;
    case "failed":
      return GENERATION_STRINGS.failed;
  }
}
