import type { ComponentChildren } from "preact";
import { firstDeparture } from "../../lm/score.ts";
import type { Scored } from "../../lm/wire.ts";
import { cx } from "../cx.ts";
import { entropyText, EvidenceBadge, rankText } from "../token/EvidenceBadge.tsx";
import type { GenerationScreen } from "../address/generation_screen.ts";
import { GENERATION_STRINGS } from "../generation_strings.ts";
import { stepHref } from "../address/next_token_screen.ts";
import { bits, count, probability } from "../number_format.ts";
import { signedBits } from "../token/odds_text.ts";
import { STRINGS } from "../strings.ts";
import { displayToken } from "../token/token_display.ts";

/** Rows that a long target begins with. */
const MOST_ROWS = 1_000;
/** A link names all tokens before its own: with more of them all links together would be the page. */
const MOST_PATH = 256;

interface XRayTableProps {
  readonly screen: GenerationScreen;
  readonly scored: Scored;
  /** Whether a long target has all of its rows. */
  readonly isWhole: boolean;
  /** What shows all of them. */
  readonly children: ComponentChildren;
}

/** Each token's numbers; its name leads to the next-token screen at that position. */
export function XRayTable({ screen, scored: { tokens, nullLogprobs }, isWhole, children }: XRayTableProps) {
  const shown = isWhole ? tokens : tokens.slice(0, MOST_ROWS), more = tokens.length - shown.length;
  const departure = firstDeparture(tokens);
  const evidence = tokens.find((token) => token.evidence !== undefined)?.evidence;
  return (
    <div
      class="overflow-x-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={GENERATION_STRINGS.xray.table}
    >
      <table class="w-full text-13 tabular-nums">
        <thead class="border-b border-line text-11 text-soft">
          <tr>
            <Head>{GENERATION_STRINGS.xray.number}</Head>
            <th scope="col" class="px-2 py-1.5 text-left font-semibold">{STRINGS.token}</th>
            <Head>p</Head>
            <Head>{STRINGS.rank}</Head>
            <Head>{GENERATION_STRINGS.xray.surprisalBits}</Head>
            <Head>{GENERATION_STRINGS.xray.entropyBits}</Head>
            {nullLogprobs !== undefined && <Head title={GENERATION_STRINGS.pmi}>{GENERATION_STRINGS.xray.pmiBits}
            </Head>}
            <th scope="col" class="px-3 py-1.5 text-left font-semibold">{GENERATION_STRINGS.xray.wantedColumn}</th>
          </tr>
        </thead>
        <tbody class="font-mono">
          {shown.map(({ token, logprob, rank, entropyNats, top, evidence }, index) => {
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
      {more > 0 && (
        <p class="flex flex-wrap items-center gap-2 px-3 py-1.5 text-12 text-soft">
          {STRINGS.moreRows(count(more))} {children}
        </p>
      )}
      {evidence !== undefined && (
        <div class="p-3">
          <EvidenceBadge evidence={evidence} />
        </div>
      )}
    </div>
  );
}

/** A link where a next-token screen can stand: not after many tokens, and ids that a server keeps to itself make no path. */
function StepLink({ screen, before, children }: {
  readonly screen: GenerationScreen;
  readonly before: Scored["tokens"];
  readonly children: string;
}) {
  const isPath = before.length <= MOST_PATH && before.every(({ token }) => token.isUnnumbered !== true);
  const href = screen.nextToken === undefined || !isPath
    ? undefined
    : stepHref({ ...screen, component: screen.nextToken }, before.map(({ token }) => token.id));
  if (href === undefined) return <span>{children}</span>;
  return <a class="text-accent underline" href={href} title={GENERATION_STRINGS.stepFromHere}>{children}</a>;
}

function Head({ children, title }: { readonly children: string; readonly title?: string }) {
  return <th scope="col" title={title} class="whitespace-nowrap px-2 py-1.5 text-right font-semibold">{children}</th>;
}

function Cell({ children }: { readonly children: string | number }) {
  return <td class="whitespace-nowrap px-2 py-1 text-right">{children}</td>;
}
