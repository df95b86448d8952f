import { visibleText } from "../../lm/visible_text.ts";
import { withBan } from "../address/bias_text.ts";
import { Button } from "../Button.tsx";
import { ContrastChoice } from "./ContrastPanel.tsx";
import { cx } from "../cx.ts";
import { FindField, Found } from "./FindToken.tsx";
import { LinkButton } from "../LinkButton.tsx";
import type { NextTokenViewProps } from "./next_token_props.ts";
import { nextHref, numbersEntries, PAGE_SIZE, PLACE_FORM, WHOLE_VIEW } from "../address/next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import { NextTokenAside } from "./NextTokenAside.tsx";
import { NextTokenTable } from "./NextTokenTable.tsx";
import { count } from "../number_format.ts";
import { NUMBERS } from "../address/probability_column.ts";
import { Panel } from "../Panel.tsx";
import { PathPanel } from "./PathPanel.tsx";
import { ProblemCard } from "../ProblemCard.tsx";
import { PromptPanel } from "../token/PromptPanel.tsx";
import { leaveFor, SampleBar } from "../frame/SampleBar.tsx";
import { StepAnnouncer } from "./StepAnnouncer.tsx";
import { Segments } from "../token/Segments.tsx";
import { knownTokens } from "../token/token_display.ts";
import { WithInspector } from "../inspector/WithInspector.tsx";
import { STRINGS } from "../strings.ts";

/** The next-token screen: the text so far, the distribution after it, and every way to go on. */
export function NextTokenView(props: NextTokenViewProps) {
  const { screen, next, problem, isBusy } = props;
  const here = { ...screen, params: props.params };
  // What cannot be looked for is told beside the search, as the list is there nevertheless.
  const isRefused = problem?.field === "find" && next !== undefined;
  // Subtle: while an answer is on its way, the list still belongs to the place before.
  const listedAt = next?.path.map(({ id }) => id) ?? props.path;
  return (
    <WithInspector
      label={TEXT.candidates}
      isReady={props.isReady}
      isBusy={isBusy}
      narrow={props.contrast === undefined ? "below" : "over"}
      inspector={next && <NextTokenAside {...props} next={next} />}
    >
      <form
        id={PLACE_FORM}
        method="get"
        action={`/${screen.module}/${screen.component}`}
        class="flex min-w-0 flex-col gap-4"
        onChange={leaveFor}
      >
        <SampleBar screen={here} kept={numbersEntries(screen.numbers)} />
        {props.sample}
        <PromptPanel
          screen={here}
          kept={numbersEntries(screen.numbers)}
          ofPrompt={props.path.length === 0 ? [] : [["path", props.path.join()]]}
          tokens={next?.prompt && knownTokens(next.prompt)}
          writing={props.writing}
          isReady={props.isReady}
          onEnter={props.writing.onUse}
        />
        <PathPanel {...props} />
        {problem !== undefined && !isRefused && (
          <ProblemCard problem={problem}>
            <LinkButton href={nextHref(here, props.path)} onClick={props.onRetry}>{STRINGS.retry}</LinkButton>
            {props.path.length > 0 && <LinkButton href={nextHref(here, [])}>{TEXT.restart}</LinkButton>}
          </ProblemCard>
        )}
      </form>
      <StepAnnouncer next={next} />
      {next === undefined && problem === undefined && (
        <Panel title={TEXT.candidates}>
          <p role="status" class="flex flex-wrap items-center gap-2 p-3 text-soft">
            {TEXT.waiting}
            <noscript>
              <LinkButton href={nextHref(here, props.path)}>{TEXT.askAgain}</LinkButton>
            </noscript>
          </p>
        </Panel>
      )}
      {next !== undefined && (
        <Panel
          title={TEXT.candidates}
          facts={TEXT.candidatesFacts(
            count(props.candidates.length),
            next.vocabularySize === undefined ? "?" : count(next.vocabularySize),
          )}
          actions={
            <>
              {props.isReady && (
                <span class="touch">
                  <Button label={TEXT.whyOpenName} pressed={props.isChoosing} onClick={props.onChoose}>
                    {TEXT.whyOpen}
                  </Button>
                </span>
              )}
              <FindField {...props} />
              <Segments
                label={TEXT.numbers}
                names={NUMBERS}
                chosen={screen.numbers}
                hrefOf={(numbers) => nextHref({ ...here, numbers }, props.path)}
                onChoose={props.onNumbers}
              />
            </>
          }
        >
          {isRefused && <p role="status" class={REFUSED}>{visibleText(problem.detail)}</p>}
          {!isRefused && props.query !== "" && next.found !== undefined && (
            <Found {...props} found={next.found} listedAt={listedAt} />
          )}
          {props.isChoosing && <ContrastChoice marked={props.marked.length} onAsk={props.onWhy} />}
          <div class={cx(isBusy && "opacity-50")}>
            <NextTokenTable
              next={next}
              candidates={props.candidates}
              selected={props.selected}
              marked={props.marked}
              preview={props.preview}
              numbers={screen.numbers}
              hrefOf={(id) => nextHref(here, [...listedAt, id])}
              onTake={(id) => props.onGo([...listedAt, id])}
              onMark={props.isChoosing ? props.onMark : undefined}
              onSelect={props.onSelect}
              banHref={(id) => nextHref({ ...here, params: withBan(props.params, id) }, props.path)}
              onBan={(id) => props.onParams(withBan(props.params, id))}
            />
          </div>
          <Pages {...props} size={next.vocabularySize ?? 0} />
        </Panel>
      )}
    </WithInspector>
  );
}

const REFUSED = cx("break-words border-b border-line bg-sunk px-3 py-2 text-12 text-warn");

/** More of the vocabulary: in place with JavaScript, else page by page. */
function Pages({ screen, params, path, from, loaded, query, isReady, onMore, size }: NextTokenViewProps & {
  readonly size: number;
}) {
  const at = (offset: number) => nextHref({ ...screen, params }, path, { ...WHOLE_VIEW, find: query, from: offset });
  if (from === 0 && loaded >= size) return null;
  return (
    <div class="flex gap-2 p-3">
      {from > 0 && (
        <LinkButton href={at(Math.max(0, from - PAGE_SIZE))}>
          {TEXT.before(count(Math.min(from, PAGE_SIZE)))}
        </LinkButton>
      )}
      {loaded < size && (isReady
        ? <Button onClick={onMore}>{TEXT.more(count(PAGE_SIZE))}</Button>
        : <LinkButton href={at(loaded)}>{TEXT.more(count(PAGE_SIZE))}</LinkButton>)}
    </div>
  );
}
