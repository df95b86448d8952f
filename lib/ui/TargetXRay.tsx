import type { Problem } from "../lm/event.ts";
import { firstDeparture } from "../lm/score.ts";
import { visibleLines } from "../lm/visible_text.ts";
import type { Scored } from "../lm/wire.ts";
import { cx } from "./cx.ts";
import { type DatasetPlace, toggleHref } from "./dataset_screen.ts";
import { DATASET_STRINGS as TEXT } from "./dataset_strings.ts";
import { entropyText, EvidenceBadge, rankText } from "./EvidenceBadge.tsx";
import type { GenerationScreen } from "./generation_screen.ts";
import { GENERATION_STRINGS } from "./generation_strings.ts";
import { LinkButton } from "./LinkButton.tsx";
import { nextHref } from "./next_token_screen.ts";
import { bits, fixed, probability, signedBits } from "./number_format.ts";
import { Panel } from "./Panel.tsx";
import { ProblemCard } from "./ProblemCard.tsx";
import { STRINGS } from "./strings.ts";
import { targetFacts } from "./TargetPanel.tsx";
import { displayToken } from "./token_display.ts";
import { XRay } from "./XRay.tsx";

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
  return (
    <Panel
      title={GENERATION_STRINGS.target}
      facts={scored && targetFacts(scored.tokens)}
      actions={canScore && (
        <LinkButton href={toggleHref(screen, place, "score")}>{isOpen ? TEXT.asText : TEXT.score}</LinkButton>
      )}
    >
      {problem !== undefined && <ProblemCard problem={problem} />}
      <p dir="auto" class="whitespace-pre-wrap break-words p-3 font-mono text-token">
        {visibleLines(screen.target ?? "")}
      </p>
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
          <TokenTable screen={screen} scored={scored} />
        </>
      )}
    </Panel>
  );
}

/** Each token's numbers; its name leads to the next-token screen at that position. */
function TokenTable({ screen, scored: { tokens, nullLogprobs } }: {
  readonly screen: GenerationScreen;
  readonly scored: Scored;
}) {
  const departure = firstDeparture(tokens);
  const evidence = tokens.find((token) => token.evidence !== undefined)?.evidence;
  return (
    <div class="overflow-x-auto border-t border-line" tabIndex={0} role="region" aria-label={TEXT.tokenTable}>
      <table class="w-full text-13 tabular-nums">
        <thead class="border-b border-line text-11 text-soft">
          <tr>
            <Head>{TEXT.number}</Head>
            <th scope="col" class="px-2 py-1.5 text-left font-semibold">{STRINGS.token}</th>
            <Head>p</Head>
            <Head>{STRINGS.rank}</Head>
            <Head>{TEXT.surprisalBits}</Head>
            <Head>{TEXT.entropyBits}</Head>
            {nullLogprobs !== undefined && <Head title={GENERATION_STRINGS.pmi}>{TEXT.pmiBits}</Head>}
            <th scope="col" class="px-3 py-1.5 text-left font-semibold">{TEXT.wanted}</th>
          </tr>
        </thead>
        <tbody class="font-mono">
          {tokens.map(({ token, logprob, rank, entropyNats, top, evidence }, index) => {
            const wanted = rank > 1 ? top.find((candidate) => candidate.rank === 1) : undefined;
            const blank = nullLogprobs?.[index];
            return (
              <tr key={index} class={cx("border-b border-line", index === departure && "bg-badsunk")}>
                <Cell>{index + 1}</Cell>
                <th scope="row" class="whitespace-pre px-2 py-1 text-left font-normal">
                  <StepLink screen={screen} before={tokens.slice(0, index)}>{displayToken(token).text}</StepLink>
                </th>
                <Cell>{probability(logprob)}</Cell>
                <Cell>{rankText(rank, evidence)}</Cell>
                <Cell>{bits(-logprob)}</Cell>
                <Cell>{entropyText(entropyNats, evidence).replace(" bits", "")}</Cell>
                {nullLogprobs !== undefined && <Cell>{blank === undefined ? "–" : signedBits(logprob - blank)}</Cell>}
                <td class="whitespace-pre px-3 py-1 text-soft">
                  {wanted && `${displayToken(wanted.token).text} ${probability(wanted.logprob)}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {evidence !== undefined && (
        <div class="p-3">
          <EvidenceBadge evidence={evidence} />
        </div>
      )}
    </div>
  );
}

/** A link where a next-token screen can stand: ids that a server keeps to itself make no path. */
function StepLink({ screen, before, children }: {
  readonly screen: GenerationScreen;
  readonly before: Scored["tokens"];
  readonly children: string;
}) {
  const hasIds = before.every(({ token }) => token.isUnnumbered !== true);
  if (screen.nextToken === undefined || !hasIds) return <span>{children}</span>;
  const href = nextHref({ ...screen, component: screen.nextToken }, before.map(({ token }) => token.id));
  return <a class="text-accent underline" href={href} title={GENERATION_STRINGS.stepFromHere}>{children}</a>;
}

function Head({ children, title }: { readonly children: string; readonly title?: string }) {
  return <th scope="col" title={title} class="whitespace-nowrap px-2 py-1.5 text-right font-semibold">{children}</th>;
}

function Cell({ children }: { readonly children: string | number }) {
  return <td class="whitespace-nowrap px-2 py-1 text-right">{children}</td>;
}
