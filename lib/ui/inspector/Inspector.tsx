import { type Candidate, type ProcessorName, PROCESSORS, type ScoredToken, type Step } from "../../lm/event.ts";
import type { SurvivalVerdict } from "../../lm/survival.ts";
import type { Token } from "../../lm/token.ts";
import { Button } from "../Button.tsx";
import { CandidateTable } from "./CandidateTable.tsx";
import { cx } from "../cx.ts";
import { entropyText, EvidenceBadge, rankText } from "../token/EvidenceBadge.tsx";
import { LinkButton } from "../LinkButton.tsx";
import { bits, probability } from "../number_format.ts";
import { oneIn, signedBits } from "../token/odds_text.ts";
import { passedOver } from "./passed_over.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { RUN_STRINGS } from "../run_strings.ts";
import { STRINGS } from "../strings.ts";
import { displayToken } from "../token/token_display.ts";
import { Waterfall } from "./Waterfall.tsx";

/** What is selected: a step of a completion, or a token of the target. */
export type Inspected =
  | {
    readonly kind: "step";
    readonly step: Step;
    /** Which completion of those on screen it stands in, from 0; default: the one whose dice fell. */
    readonly completion?: number;
    readonly survival: SurvivalVerdict | undefined;
    /** The same position by the params on screen; absent while they are the step's own, and until it is known. */
    readonly whatIf?: Step | undefined;
  }
  | {
    readonly kind: "scored";
    readonly token: ScoredToken;
    readonly position: number;
    /** What the prompt's fields add to the token's logprob, in nats; undefined when it is not known. */
    readonly pmiNats?: number | undefined;
  };

interface InspectorProps {
  readonly inspected: Inspected;
  /** Where it stands inside a page, with a name of its own and always closable; default: beside a screen. */
  readonly heading?: string;
  /** Where the next-token screen shows this position. */
  readonly stepHref?: string | undefined;
  /** Goes on with another candidate in its place. */
  readonly onTake?: ((id: number) => void) | undefined;
  /** The order of the processors on screen, and what changes it. */
  readonly order?: readonly ProcessorName[];
  readonly onOrder?: ((order: readonly ProcessorName[]) => void) | undefined;
  readonly onClose: () => void;
}

/** The selected token: its numbers, its rivals, what removed them, and the draw. */
export function Inspector(
  { inspected, heading, stepHref, onTake, order = PROCESSORS, onOrder, onClose }: InspectorProps,
) {
  const measured = inspected.kind === "step" ? inspected.step : inspected.token;
  const chosen = measured.top.find((candidate) => candidate.token.id === measured.token.id);
  return (
    <div class="flex flex-col gap-3.5">
      <div class="flex items-start gap-2">
        <div class="min-w-0">
          <p class="text-12 text-soft">{heading ?? place(inspected)}</p>
          <span class="mt-1 inline-block max-w-full break-words rounded-md bg-sunk px-2.5 py-1 font-mono text-20">
            {displayToken(measured.token).text}
          </span>
          {measured.token.isUnnumbered !== true && (
            <span class="ml-2 font-mono text-12 text-soft">id {measured.token.id}</span>
          )}
        </div>
        <span class={cx("ml-auto", heading === undefined && "wide:hidden")}>
          <Button onClick={onClose}>{STRINGS.close}</Button>
        </span>
      </div>
      <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-13 text-soft">
        {measured.logprob !== undefined && (
          <Fact name={GENERATION_STRINGS.rawProbability} value={probability(measured.logprob)} />
        )}
        {chosen?.finalLogprob !== undefined && (
          <Fact name={GENERATION_STRINGS.finalProbability} value={probability(chosen.finalLogprob)} />
        )}
        {measured.rank !== undefined && <Fact name={STRINGS.rank} value={rankText(measured.rank, measured.evidence)} />}
        {measured.logprob !== undefined && (
          <Fact
            name={GENERATION_STRINGS.surprisal}
            value={`${bits(-measured.logprob)} bits`}
            title={GENERATION_STRINGS.surprisalExplained}
          />
        )}
        {measured.entropyNats !== undefined && (
          <Fact
            name={STRINGS.entropy}
            value={entropyText(measured.entropyNats, measured.evidence)}
            title={GENERATION_STRINGS.entropyExplained}
          />
        )}
        {inspected.kind === "step" && inspected.step.top.length > 0 && (
          <Fact
            name={GENERATION_STRINGS.luck}
            value={luck(inspected.step, chosen)}
            more={passedOver(inspected.step)}
            title={GENERATION_STRINGS.luckExplained}
          />
        )}
        {inspected.kind === "scored" && inspected.pmiNats !== undefined && (
          <Fact
            name={GENERATION_STRINGS.pmi}
            value={`${signedBits(inspected.pmiNats)} bits`}
            title={GENERATION_STRINGS.pmiExplained}
          />
        )}
      </dl>
      {inspected.kind === "step" && inspected.survival !== undefined && (
        <p class="text-13">{survivalSentence(inspected.survival, inspected.step, inspected.whatIf)}</p>
      )}
      {measured.evidence !== undefined && <EvidenceBadge evidence={measured.evidence} />}
      {stepHref !== undefined && (
        <span>
          <LinkButton href={stepHref}>{GENERATION_STRINGS.stepFromHere}</LinkButton>
        </span>
      )}
      {measured.top.length > 0 && (
        <CandidateTable
          candidates={measured.top}
          chosen={measured.token.id}
          rest={{
            count: measured.restCount,
            logprob: measured.restLogprob,
            finalLogprob: finalRest(inspected),
            mass: measured.evidence?.restMass,
          }}
          onTake={onTake}
          hasFinal={inspected.kind === "step" && inspected.step.draw.kind !== "remote"}
          hasNoise={inspected.kind === "step" && inspected.step.draw.kind === "gumbel"}
        />
      )}
      {inspected.kind === "step" && (
        <Waterfall
          step={inspected.whatIf ?? inspected.step}
          caption={inspected.whatIf === undefined ? GENERATION_STRINGS.processors : GENERATION_STRINGS.processorsNow}
          order={order}
          onOrder={onOrder}
        />
      )}
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly more?: string | undefined;
  readonly title?: string;
}

function Fact(props: FactProps) {
  return (
    <>
      <dt title={props.title}>{props.name}</dt>
      <dd class="break-anywhere text-right font-mono text-ink tabular-nums">
        {props.value}
        {props.more !== undefined && <span class="block text-12 text-soft">{props.more}</span>}
      </dd>
    </>
  );
}

function place(inspected: Inspected): string {
  if (inspected.kind === "scored") return GENERATION_STRINGS.targetPosition(inspected.position + 1);
  const { step, completion = step.sequence } = inspected;
  return STRINGS.completionPosition(completion + 1, step.position + 1);
}

function luck(step: Step, chosen: Candidate | undefined): string {
  if (step.draw.kind === "greedy") return GENERATION_STRINGS.greedy;
  if (step.draw.kind === "forced") return GENERATION_STRINGS.forced;
  if (step.draw.kind === "remote") return RUN_STRINGS.drawnRemotely;
  return oneIn(chosen?.finalLogprob ?? step.draw.finalLogprob);
}

function finalRest(inspected: Inspected): number | undefined {
  return inspected.kind === "step" ? inspected.step.restFinalLogprob : undefined;
}

/** @param whatIf the same position by the params on screen, which is known where the step alone does not tell */
function survivalSentence(verdict: SurvivalVerdict, step: Step, whatIf: Step | undefined): string {
  const drawn = step.draw.kind === "forced" ? undefined : whatIf?.token;
  const nameOf = (token: Token | undefined) => token && displayToken(token).text;
  switch (verdict.kind) {
    case "kept":
      return GENERATION_STRINGS.survivalKept;
    case "excluded":
      return GENERATION_STRINGS.survivalExcluded(verdict.by, nameOf(drawn));
    case "lost":
      return GENERATION_STRINGS.survivalLost(nameOf(verdict.to?.token ?? drawn));
    case "unknown":
      if (drawn === undefined) return GENERATION_STRINGS.survivalUnknown[verdict.why];
      return drawn.id === step.token.id
        ? GENERATION_STRINGS.survivalKept
        : GENERATION_STRINGS.survivalLost(nameOf(drawn));
  }
}
