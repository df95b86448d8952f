import { useMemo, useState } from "preact/hooks";
import type { Problem } from "../../lm/event.ts";
import { firstDeparture } from "../../lm/score.ts";
import { visibleText } from "../../lm/visible_text.ts";
import type { GenerationViewProps } from "./generation_props.ts";
import { fixed } from "../measure_text.ts";
import { CopyButton } from "../CopyButton.tsx";
import { Panel } from "../Panel.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { STRINGS } from "../strings.ts";
import { TextButton } from "../TextButton.tsx";
import { rankText } from "../token/EvidenceBadge.tsx";
import { PROMPT_STRINGS } from "../token/prompt_strings.ts";
import { displayTokens } from "../token/token_display.ts";
import { heat } from "../token/token_heat.ts";
import { TokenStrip } from "../token/TokenStrip.tsx";
import { useLate } from "../use_late.ts";
import { targetFacts } from "../xray/target_facts.ts";
import { XRay } from "../xray/XRay.tsx";

/** The expected completion: at first as text, then teacher-forced under the prompt, token by token. */
export function TargetPanel(props: GenerationViewProps) {
  const { target, ownPrompt } = props.screen;
  return target === undefined
    ? (
      <Panel title={GENERATION_STRINGS.target}>
        <p class="p-3 text-soft">
          {ownPrompt === undefined ? GENERATION_STRINGS.noTarget : PROMPT_STRINGS.own.noTarget}
        </p>
      </Panel>
    )
    : <KnownTarget {...props} target={target} />;
}

function KnownTarget(
  { target, screen, scored, scoreProblem, colouring, selection, isReady, onSelect, onRetryScore, ...props }:
    & GenerationViewProps
    & { readonly target: string },
) {
  const isAsked = isReady && scoreProblem === undefined;
  const facts = scored === undefined ? isAsked && GENERATION_STRINGS.scoring : targetFacts(scored.tokens);
  const selected = selection?.kind === "scored" ? selection.position : undefined;
  // While a run streams the screen is drawn on each frame, and of all this nothing changes.
  const tokens = useMemo(() =>
    scored && (
      <TokenStrip
        label={GENERATION_STRINGS.target}
        tokens={stripTokens(scored.tokens, colouring)}
        selected={selected}
        onSelect={(position) => onSelect({ kind: "scored", position })}
      />
    ), [scored, colouring, selected]);
  const xray = useMemo(() =>
    scored !== undefined && scored.tokens.length > 0 && (
      <>
        <XRay scored={scored} />
        <Twin screen={screen} scored={scored} />
      </>
    ), [screen, scored]);
  return (
    <Panel title={GENERATION_STRINGS.target} facts={facts}>
      {scoreProblem !== undefined && (isLack(scoreProblem)
        ? <p class="px-3 pt-2 text-12 text-soft">{visibleText(scoreProblem.detail)}</p>
        : <ProblemCard problem={scoreProblem} onRetry={onRetryScore} />)}
      {scored?.warnings?.map((warning) => (
        <p key={warning} class="px-3 pt-2 text-12 text-warn">{visibleText(warning)}</p>
      ))}
      <div class="grid grid-cols-1 gap-x-3 gap-y-1 px-3 py-2.5 sm:grid-cols-sequence">
        <span class="hidden font-mono text-12 leading-6 text-soft sm:inline">T</span>
        {tokens ?? <p dir="auto" class="whitespace-pre-wrap break-words font-mono text-token">{visibleText(target)}</p>}
        <p class="flex flex-wrap items-baseline gap-x-3 font-mono text-12 leading-6 text-soft tabular-nums">
          {scored?.metrics.map(({ name, value }) => (
            <span
              key={name}
              title={screen.metrics.find((metric) => metric.name === name)?.description}
            >
              {name} <b class="font-medium text-ink">{fixed(value)}</b>
            </span>
          ))}
          {props.runs.some(({ completions }) => completions.length > 0) && (
            <TextButton
              label={GENERATION_STRINGS.compareTarget}
              pressed={props.compared.hasTarget}
              onClick={props.onCompareTarget}
            >
              {GENERATION_STRINGS.compare}
            </TextButton>
          )}
          {isReady && <CopyButton as={TextButton} label={GENERATION_STRINGS.copyTarget} text={target} />}
        </p>
      </div>
      {xray}
    </Panel>
  );
}

/** What the generator never can, which no retry changes. */
function isLack({ status, field }: Problem): boolean {
  return status === 422 && field === "generator";
}

/** The same as a table, in which each token leads to the next-token screen at its place. */
function Twin({ screen, scored }: { readonly screen: GenerationViewProps["screen"]; readonly scored: Scored }) {
  const [isOpen, setOpen] = useState(false), [isWhole, setWhole] = useState(false);
  const late = useLate(isOpen, () => import("../xray/XRayTable.tsx"));
  return (
    <details class="border-t border-line" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="w-max px-3 py-1.5 text-12 text-soft">{STRINGS.asTable}</summary>
      {late !== undefined && (
        <late.XRayTable screen={screen} scored={scored} isWhole={isWhole}>
          <TextButton onClick={() => setWhole(true)}>{GENERATION_STRINGS.xray.showAll}</TextButton>
        </late.XRayTable>
      )}
    </details>
  );
}

type Scored = NonNullable<GenerationViewProps["scored"]>;

function stripTokens(tokens: Scored["tokens"], colouring: GenerationViewProps["colouring"]) {
  const displayed = displayTokens(tokens.map(({ token }) => token));
  const departure = firstDeparture(tokens);
  return tokens.map((scored, position) => ({
    ...(position === departure ? { flag: GENERATION_STRINGS.xray.departs } : {}),
    display: displayed[position] ?? { text: "", isMark: true, breaksLine: false },
    heat: heat(scored, colouring),
    logprob: scored.logprob,
    rank: rankText(scored.rank, scored.evidence),
  }));
}
