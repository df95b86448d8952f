import type { ComponentChildren } from "preact";
import type { FieldFacets } from "../../datasets/facets.ts";
import type { Problem } from "../../lm/event.ts";
import {
  datasetHref,
  type OpenIn,
  type PromptState,
  type RowsPage,
  type SampleField,
  showsScores,
  toggleHref,
} from "../address/dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { type GenerationScreen, screenHref } from "../address/generation_screen.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { LinkButton } from "../LinkButton.tsx";
import { promptBeginning } from "./long_text.ts";
import { LintList } from "../token/LintList.tsx";
import { plural } from "../number_format.ts";
import { Panel } from "../Panel.tsx";
import { type Pinned, PinnedSample } from "./PinnedSample.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { PromptMessages } from "../token/PromptMessages.tsx";
import { promptFacts, PromptNote } from "../token/PromptNote.tsx";
import { FieldLegend, PromptText, PromptTokens } from "../token/PromptText.tsx";
import { RowsPanel } from "./RowsPanel.tsx";
import { ShowAll } from "./ShowAll.tsx";
import { SampleFields } from "./SampleFields.tsx";
import { STRINGS } from "../strings.ts";
import { type TargetState, TargetXRay } from "./TargetXRay.tsx";

/** Of a long prompt, until somebody asks for all. */
const SHOWN_TOKENS = 4_096;

interface DatasetViewProps {
  readonly screen: GenerationScreen;
  /** Whether there is a sample to show; without it the rows around it stay. */
  readonly isReadable: boolean;
  readonly fields: readonly SampleField[];
  /** Absent when the split cannot be opened. */
  readonly page: RowsPage | undefined;
  readonly prompt: PromptState;
  readonly target: TargetState;
  /** Absent while nobody asked for them. */
  readonly statistics: { readonly rows: number; readonly fields: readonly FieldFacets[] } | undefined;
  /** Why what was asked of the rows cannot be answered. */
  readonly refusal: Problem | undefined;
  /** Absent where no sample stays beside the others. */
  readonly pinned: Pinned | undefined;
  /** What is wrong with the URL or the generator. */
  readonly problem: Problem | undefined;
  /** The address of the screen, to try again. */
  readonly here: string;
  readonly openIn: readonly OpenIn[];
  /** The bar that chooses the sample. */
  readonly bar: ComponentChildren;
  /** Elements that show the sample. */
  readonly sample: ComponentChildren;
  /** How far the index is, while there is one to wait for. */
  readonly index: ComponentChildren;
  /** How far the scores of all rows are, while they are made. */
  readonly scoring: ComponentChildren;
}

/** The dataset screen: one sample, what the task makes of it, and the rows around it. Complete without JavaScript. */
export function DatasetView(props: DatasetViewProps) {
  const { screen, page, openIn, bar, problem } = props;
  return (
    <main id="main" class="flex min-w-0 max-w-[1200px] flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4">
      {bar}
      {problem !== undefined && (
        <ProblemCard problem={problem}>
          <LinkButton href={props.here}>{STRINGS.retry}</LinkButton>
        </ProblemCard>
      )}
      {props.isReadable && (
        <p class="flex flex-wrap items-center gap-2 text-12 text-soft">
          {openIn.length > 0 && TEXT.openIn}
          {openIn.map(({ name, title }, index) => (
            <LinkButton key={name} href={screenHref({ ...screen, component: name })} step={`open-${index + 1}`}>
              {title}
            </LinkButton>
          ))}
          {page !== undefined && props.pinned === undefined && (
            <span class="ml-auto flex">
              <LinkButton href={datasetHref(screen, { ...page, pin: screen.sample })} step="pin">{TEXT.pin}</LinkButton>
            </span>
          )}
        </p>
      )}
      {props.isReadable && page !== undefined && <SamplePanels {...props} page={page} />}
      {page !== undefined && (
        <div id="rows" class="min-w-0 scroll-mt-2">
          <RowsPanel
            screen={screen}
            page={page}
            index={props.index}
            scoring={props.scoring}
            refusal={props.refusal}
            statistics={props.statistics}
            canScore={props.target.canScore && (screen.target !== undefined || showsScores(page))}
          />
        </div>
      )}
    </main>
  );
}

/** What there is to say of the sample itself. */
function SamplePanels(props: DatasetViewProps & { readonly page: RowsPage }) {
  const { screen, page, prompt, target, fields, sample } = props;
  return (
    <>
      {sample}
      {props.pinned !== undefined && (
        <PinnedSample
          screen={screen}
          place={page}
          pinned={props.pinned}
          fields={fields}
        />
      )}
      <PromptStatePanel screen={screen} page={page} prompt={prompt} />
      {screen.target !== undefined && <TargetXRay screen={screen} place={page} target={target} />}
      <div id="fields" class="min-w-0 scroll-mt-2">
        <SampleFields screen={screen} place={page} fields={fields} />
      </div>
    </>
  );
}

interface PromptStateProps {
  readonly screen: GenerationScreen;
  readonly page: RowsPage;
  readonly prompt: PromptState;
}

/** The exact prompt as text or as tokens, which a link changes; and what is likely wrong with it. */
function PromptStatePanel({ screen, page, prompt: { tokens, canShow, findings } }: PromptStateProps) {
  const isTokens = page.views.includes("tokens") && tokens !== undefined;
  const isWhole = page.views.includes("all");
  const shown = isWhole ? screen.prompt : promptBeginning(screen.prompt);
  return (
    <Panel
      title={GENERATION_STRINGS.prompt}
      facts={isTokens ? TEXT.tokenFacts(plural(tokens.length, "token", "tokens")) : promptFacts(screen, tokens)}
      actions={
        <>
          <FieldLegend prompt={screen.prompt} />
          {canShow && (
            <LinkButton href={toggleHref(screen, page, "tokens")}>
              {isTokens ? TEXT.asText : STRINGS.tokens}
            </LinkButton>
          )}
        </>
      }
    >
      <div class="max-h-[40vh] overflow-y-auto p-3" tabIndex={0} role="group" aria-label={GENERATION_STRINGS.prompt}>
        {isTokens
          ? <PromptTokens prompt={screen.prompt} tokens={isWhole ? tokens : tokens.slice(0, SHOWN_TOKENS)} />
          : screen.conversation?.messages === undefined
          ? <PromptText prompt={shown} />
          : <PromptMessages prompt={shown} messages={screen.conversation.messages} />}
        <ShowAll screen={screen} place={page} more={isTokens ? 0 : screen.prompt.text.length - shown.text.length} />
      </div>
      <PromptNote conversation={screen.conversation} />
      <LintList findings={findings} />
    </Panel>
  );
}
