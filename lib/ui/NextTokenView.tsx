import type { Step as TakenStep } from "../lm/event.ts";
import type { SurvivalVerdict } from "../lm/survival.ts";
import type { Token, TokenId } from "../lm/token.ts";
import { withBan } from "./bias_text.ts";
import { Button } from "./Button.tsx";
import { cx } from "./cx.ts";
import { FindField, Found } from "./FindToken.tsx";
import { LinkButton } from "./LinkButton.tsx";
import type { NextTokenViewProps } from "./next_token_props.ts";
import { nextHref, PAGE_SIZE, PLACE_FORM, WHOLE_VIEW } from "./next_token_screen.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import { NextTokenAside } from "./NextTokenAside.tsx";
import { NextTokenTable } from "./NextTokenTable.tsx";
import { count, MISSING, plural, probability } from "./number_format.ts";
import { Panel } from "./Panel.tsx";
import { ProblemCard } from "./ProblemCard.tsx";
import { PromptPanel } from "./PromptPanel.tsx";
import { leaveFor, SampleBar } from "./SampleBar.tsx";
import { displayToken, displayTokens, tokenName } from "./token_display.ts";
import { heat } from "./token_heat.ts";

/** The next-token screen: the text so far, the distribution after it, and every way to go on. */
export function NextTokenView(props: NextTokenViewProps) {
  const { screen, next, problem, isBusy } = props;
  const here = { ...screen, params: props.params };
  return (
    <div class="grid min-h-screen grid-cols-1 wide:grid-cols-screen" data-ready={props.isReady} aria-busy={isBusy}>
      <main id="main" class="flex min-w-0 flex-col gap-4 p-3 pb-8 mid:px-5 mid:py-4">
        <form
          id={PLACE_FORM}
          method="get"
          action={`/${screen.module}/${screen.component}`}
          class="flex min-w-0 flex-col gap-4"
          onChange={leaveFor}
        >
          <SampleBar screen={here} />
          {props.sample}
          <PromptPanel prompt={screen.prompt} tokens={next?.prompt} />
          <PathPanel {...props} />
          {problem !== undefined && (
            <ProblemCard problem={problem} retryHref={nextHref(here, props.path)} onRetry={props.onRetry}>
              {props.path.length > 0 && <LinkButton href={nextHref(here, [])}>{TEXT.restart}</LinkButton>}
            </ProblemCard>
          )}
        </form>
        {next !== undefined && (
          <Panel
            title={TEXT.candidates}
            facts={TEXT.candidatesFacts(
              count(props.candidates.length),
              next.vocabularySize === undefined ? "?" : count(next.vocabularySize),
            )}
            actions={<FindField {...props} />}
          >
            {props.query !== "" && next.found !== undefined && <Found {...props} found={next.found} />}
            <div class={cx(isBusy && "opacity-50")}>
              <NextTokenTable
                next={next}
                candidates={props.candidates}
                selected={props.selected}
                preview={props.preview}
                hrefOf={(id) => nextHref(here, [...props.path, id])}
                onTake={(id) => props.onGo([...props.path, id])}
                onSelect={props.onSelect}
                banHref={(id) => nextHref({ ...here, params: withBan(props.params, id) }, props.path)}
                onBan={(id) => props.onParams(withBan(props.params, id))}
              />
            </div>
            <Pages {...props} size={next.vocabularySize ?? 0} />
          </Panel>
        )}
      </main>
      <aside aria-label={TEXT.candidates} class="border-t border-line bg-panel wide:border-l wide:border-t-0">
        <div class="p-4 wide:sticky wide:top-0 wide:max-h-screen wide:overflow-y-auto">
          {next !== undefined && <NextTokenAside {...props} next={next} />}
        </div>
      </aside>
    </div>
  );
}

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

/** The tokens chosen so far, each a link back to where it was chosen, and the ways to choose the next. */
function PathPanel({ screen, params, path, steps, verdicts, next, onGo }: NextTokenViewProps) {
  const here = { ...screen, params };
  const displayed = displayTokens(next?.path ?? []);
  const best = next?.step.top.find(({ rank }) => rank === 1)?.token;
  const facts = next === undefined
    ? undefined
    : TEXT.textFacts(plural(next.prompt.length, "token", "tokens"), plural(path.length, "token", "tokens"));
  return (
    <Panel
      title={TEXT.textSoFar}
      facts={facts}
      actions={
        <>
          <Step
            href={path.length > 0 ? nextHref(here, path.slice(0, -1)) : undefined}
            onGo={onGo}
            path={path.slice(0, -1)}
          >
            {TEXT.back}
          </Step>
          <Step href={best && nextHref(here, [...path, best.id])} onGo={onGo} path={[...path, best?.id ?? 0]}>
            {TEXT.greedy}
          </Step>
          <Step
            href={next && nextHref(here, [...path, next.step.token.id])}
            onGo={onGo}
            path={[...path, next?.step.token.id ?? 0]}
            label={next && TEXT.sampled(displayToken(next.step.token).text)}
          >
            {TEXT.sample}
          </Step>
          <Step
            href={next?.target && nextHref(here, [...path, next.target.token.id])}
            onGo={onGo}
            path={[...path, next?.target?.token.id ?? 0]}
          >
            {TEXT.takeTarget}
          </Step>
        </>
      }
    >
      <div
        role="group"
        aria-label={TEXT.pathLabel}
        dir="auto"
        class="whitespace-pre-wrap break-words p-3 font-mono text-token"
      >
        {path.length === 0 && <span class="font-sans text-14 text-soft">{TEXT.empty}</span>}
        {next?.path.map((token, index) => (
          <>
            <Step
              key={index}
              href={nextHref(here, path.slice(0, index + 1))}
              onGo={onGo}
              path={path.slice(0, index + 1)}
              label={tokenLabel(token, steps[index])}
              token={{ step: steps[index], isLost: isLost(verdicts[index]) }}
            >
              {displayed[index]?.text ?? ""}
            </Step>
            {displayed[index]?.breaksLine === true && <br />}
          </>
        ))}
      </div>
      <Dice {...{ screen, params, path, verdicts, onGo }} />
      {next?.isEnded === true && <p class="px-3 pb-3 text-soft">{TEXT.ended}</p>}
    </Panel>
  );
}

/** Where the dice of the params would have gone another way, and a link there. */
function Dice(
  { screen, params, path, verdicts, onGo }: Pick<
    NextTokenViewProps,
    "screen" | "params" | "path" | "verdicts" | "onGo"
  >,
) {
  const known = verdicts.findIndex((verdict) => verdict === undefined || verdict.kind === "unknown");
  const at = verdicts.findIndex(isLost);
  if (path.length === 0 || (known >= 0 && (at < 0 || known < at))) return null;
  if (at < 0) return <p class="px-3 pb-2 text-12 text-soft">{TEXT.stays}</p>;
  const verdict = verdicts[at];
  const to = verdict?.kind === "lost" ? verdict.to?.token : undefined;
  const branch = to === undefined ? path.slice(0, at) : [...path.slice(0, at), to.id];
  return (
    <p class="flex flex-wrap items-center gap-2 px-3 pb-2 text-12 text-soft">
      {to === undefined ? TEXT.leaves(at + 1) : TEXT.leavesFor(at + 1, displayToken(to).text)}
      <Step href={nextHref({ ...screen, params }, branch)} path={branch} onGo={onGo}>{TEXT.branchThere}</Step>
    </p>
  );
}

function isLost(verdict: SurvivalVerdict | undefined): boolean {
  return verdict?.kind === "lost" || verdict?.kind === "excluded";
}

function tokenLabel(token: Token, step: TakenStep | undefined): string {
  const numbers = step?.logprob === undefined
    ? `id ${token.id}`
    : `id ${token.id}, p ${probability(step.logprob)}, rank ${step.rank ?? MISSING}`;
  return `${tokenName(displayToken(token))}, ${numbers}`;
}

interface StepProps {
  /** Undefined when there is no such way from here. */
  readonly href: string | undefined;
  readonly path: readonly TokenId[];
  readonly onGo: (path: readonly TokenId[]) => void;
  readonly label?: string | undefined;
  /** Drawn as a token of the path. */
  readonly token?: { readonly step: TakenStep | undefined; readonly isLost: boolean };
  readonly children: string;
}

/** A way to another prefix: a plain link, taken without leaving the page where that works. */
export function Step({ href, path, onGo, label, token, children }: StepProps) {
  const warmth = token?.step === undefined ? 0 : heat(token.step, "p");
  const look = cx(
    token !== undefined
      ? "rounded-sm border-b border-edge py-px hover:border-accent"
      : "inline-flex min-h-[32px] items-center rounded-md border border-line bg-panel px-2.5 py-1 hover:bg-sunk",
    token !== undefined && warmth === 0 && "bg-sunk",
    warmth === 1 && "bg-heat1",
    warmth === 2 && "bg-heat2",
    warmth === 3 && "bg-heat3",
    warmth === 4 && "bg-heat4",
    token?.isLost === true && "line-through decoration-warn",
    href === undefined && "opacity-50",
  );
  if (href === undefined) return <span role="link" aria-disabled="true" class={look}>{children}</span>;
  return (
    <a
      href={href}
      title={label}
      aria-label={label}
      class={look}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onGo(path);
      }}
    >
      {children}
    </a>
  );
}
