import type { Problem } from "../../lm/event.ts";
import { visibleLines, visibleText } from "../../lm/visible_text.ts";
import type { Scored } from "../../lm/wire.ts";
import { type DatasetPlace, toggleHref } from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { LinkButton } from "../LinkButton.tsx";
import { beginning } from "./long_text.ts";
import { fixed } from "../measure_text.ts";
import { Panel } from "../Panel.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { targetFacts } from "../xray/target_facts.ts";
import { ScrollBox } from "../ScrollBox.tsx";
import { ShowAll } from "./ShowAll.tsx";
import { XRay } from "../xray/XRay.tsx";
import { XRayTable } from "../xray/XRayTable.tsx";

export interface TargetState {
  /** Absent while nobody asked for it, and when it could not be had. */
  readonly scored?: Scored;
  readonly problem?: Problem;
  /** Whether there is a generator that could score. */
  readonly canScore: boolean;
}

interface TargetXRayProps {
  readonly screen: GenerationScreen;
  readonly place: DatasetPlace;
  readonly target: TargetState;
}

/** The target as text; by a link, teacher-forced under the prompt, a row a token. Complete without JavaScript. */
export function TargetXRay({ screen, place, target: { scored, problem, canScore } }: TargetXRayProps) {
  const isOpen = place.views.includes("score");
  const text = screen.target ?? "";
  const shown = place.views.includes("all") ? text : beginning(text);
  return (
    <Panel
      title={GENERATION_STRINGS.target}
      facts={scored && targetFacts(scored.tokens)}
      actions={canScore && (
        <LinkButton href={toggleHref(screen, place, "score")}>{isOpen ? TEXT.asText : TEXT.score}</LinkButton>
      )}
    >
      {problem !== undefined && <ProblemCard problem={problem} />}
      {scored?.warnings?.map((warning) => (
        <p key={warning} class="px-3 pt-2 text-12 text-warn">{visibleText(warning)}</p>
      ))}
      <div dir="auto" class="whitespace-pre-wrap break-words p-3 font-mono text-token">
        {text === ""
          ? <span class="font-sans text-soft">{TEXT.emptyText}</span>
          : <ScrollBox label={GENERATION_STRINGS.target} length={shown.length}>{visibleLines(shown)}</ScrollBox>}
        <ShowAll screen={screen} place={place} more={text.length - shown.length} />
      </div>
      {scored !== undefined && scored.tokens.length > 0 && (
        <>
          <XRay scored={scored} />
          <p class="flex flex-wrap gap-x-3 px-3 pb-2 font-mono text-12 text-soft tabular-nums">
            {scored.metrics.map(({ name, value }) => (
              <span key={name}>
                {name} <b class="font-medium text-ink">{fixed(value)}</b>
              </span>
            ))}
          </p>
          <XRayTable screen={screen} scored={scored} isWhole={place.views.includes("all")}>
            <LinkButton href={toggleHref(screen, place, "all")}>{GENERATION_STRINGS.xray.showAll}</LinkButton>
          </XRayTable>
        </>
      )}
    </Panel>
  );
}
