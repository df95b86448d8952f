import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Candidate } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { TokenId } from "../../lm/token.ts";
import { cx } from "../cx.ts";
import { restText } from "./rest_text.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import { count, probability } from "../number_format.ts";
import { type Numbers, numberText } from "../address/probability_column.ts";
import { opensBeside } from "../page_key.ts";
import type { Preview } from "./preview.ts";
import { useKeptFocus } from "../use_kept_focus.ts";
import { rankText } from "../token/EvidenceBadge.tsx";
import { displayToken, displayTokens, tokenName } from "../token/token_display.ts";

interface NextTokenTableProps {
  readonly next: NextToken;
  readonly candidates: readonly Candidate[];
  readonly selected: TokenId | undefined;
  readonly marked: readonly TokenId[];
  readonly preview: Preview | undefined;
  /** How probabilities are written. */
  readonly numbers: Numbers;
  readonly onSelect: (id: TokenId) => void;
  /** Where taking a candidate leads; works without JavaScript. */
  readonly hrefOf: (id: TokenId) => string;
  readonly onTake: (id: TokenId) => void;
  /** Present while candidates are chosen to be contrasted: then a click marks one instead. */
  readonly onMark: ((id: TokenId) => void) | undefined;
  /** Where banning a candidate, or allowing it again, leads. */
  readonly banHref: (id: TokenId) => string;
  readonly onBan: (id: TokenId) => void;
}

/** Candidates in the order of their raw probability; one that a processor removed stays in its place, with the reason. */
export function NextTokenTable(
  { next, candidates, selected, marked, preview, numbers, hrefOf, onTake, onMark, onSelect, banHref, onBan }:
    NextTokenTableProps,
) {
  const { step, target } = next;
  // Subtle: nobody has chosen the row that gets the focus of one that is gone.
  const isQuiet = useRef(false);
  const table = useKeptFocus<HTMLDivElement>((part) => {
    isQuiet.current = true;
    part.querySelector<HTMLElement>('[data-candidate][tabindex="0"]')?.focus({ preventScroll: true });
    isQuiet.current = false;
  });
  const select = (id: TokenId) => {
    if (!isQuiet.current) onSelect(id);
  };
  const stop = candidates.some(({ token }) => token.id === selected) ? selected : candidates[0]?.token.id;
  return (
    <div ref={table} class="relative overflow-x-auto" onKeyDown={moveRows}>
      <table class="font-mono text-13 tabular-nums">
        <thead class="border-b border-line font-sans text-11 text-soft">
          <tr>
            <th scope="col" class="py-1.5 pl-3 pr-2 text-right font-semibold">{TEXT.rank}</th>
            <th scope="col" class="py-1.5 px-2 text-left font-semibold">{TEXT.token}</th>
            <th scope="col" class="hidden py-1.5 px-2 text-right font-semibold sm:table-cell">{TEXT.id}</th>
            <th scope="col" class="py-1.5 px-2 text-right align-bottom font-semibold sm:whitespace-nowrap">
              {TEXT.raw[numbers]}
            </th>
            <th scope="col" class="py-1.5 px-2 text-right align-bottom font-semibold sm:whitespace-nowrap">
              {TEXT.final[numbers]}
            </th>
            <th scope="col" class="hidden w-[176px] py-1.5 pl-2 pr-3 text-left font-semibold sm:table-cell">
              {TEXT.bar}
            </th>
            <th scope="col" class="w-px">
              <span class="sr-only">{TEXT.ban}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <Row
              key={candidate.token.id}
              candidate={candidate}
              numbers={numbers}
              isTabStop={candidate.token.id === stop}
              isSelected={candidate.token.id === selected}
              preview={preview?.id === candidate.token.id ? preview : undefined}
              isMarked={marked.includes(candidate.token.id)}
              isDrawn={candidate.token.id === step.token.id}
              // What a server left out of its list and drew is the one of which no more than a least rank is known.
              rank={rankText(candidate.rank, candidate.token.id === step.token.id ? step.evidence : undefined)}
              isTarget={candidate.token.id === target?.token.id}
              href={hrefOf(candidate.token.id)}
              onTake={onTake}
              onMark={onMark}
              onSelect={select}
              banHref={banHref(candidate.token.id)}
              onBan={onBan}
            />
          ))}
          {(step.restLogprob !== undefined || step.evidence?.restMass !== undefined) && (
            <tr class="border-t border-line text-soft">
              <td></td>
              <th scope="row" class="px-2 py-1 text-left font-normal">
                {step.restCount === undefined ? TEXT.restUncounted : TEXT.rest(count(step.restCount))}
              </th>
              <td class="hidden sm:table-cell"></td>
              <td class="px-2 py-1 text-right">
                {step.restLogprob === undefined
                  ? restText(step.evidence?.restMass ?? { low: 0 }, numbers)
                  : numberText(step.restLogprob, numbers)}
              </td>
              <td class="px-2 py-1 text-right">
                {step.restFinalLogprob === undefined ? "–" : numberText(step.restFinalLogprob, numbers)}
              </td>
              <td class="hidden sm:table-cell"></td>
              <td></td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly candidate: Candidate;
  /** Its rank, or the least that it can be. */
  readonly rank: string;
  readonly numbers: Numbers;
  readonly isTabStop: boolean;
  readonly isSelected: boolean;
  readonly preview: Preview | undefined;
  readonly isMarked: boolean;
  readonly isDrawn: boolean;
  readonly isTarget: boolean;
  readonly href: string;
  readonly onMark: NextTokenTableProps["onMark"];
  readonly onTake: (id: TokenId) => void;
  readonly onSelect: (id: TokenId) => void;
  readonly banHref: string;
  readonly onBan: (id: TokenId) => void;
}

function Row(props: RowProps) {
  const {
    candidate,
    rank,
    numbers,
    isTabStop,
    isSelected,
    isDrawn,
    isTarget,
    preview,
    href,
    onTake,
    onMark,
    onSelect,
    banHref,
    onBan,
  } = props;
  const { token, logprob, finalLogprob, excludedBy } = candidate;
  const display = displayToken(token);
  const isOut = excludedBy !== undefined;
  const out = isOut ? `, removed by ${excludedBy}` : "";
  return (
    <tr class={cx("hover:bg-sunk", isSelected && "bg-sunk", isOut && "text-soft")}>
      <td class="py-1 pl-3 pr-2 text-right text-soft">{rank}</td>
      <th scope="row" class="max-w-[260px] px-2 py-1 text-left font-normal">
        <a
          href={href}
          data-candidate={token.id}
          tabIndex={isTabStop ? 0 : -1}
          aria-current={isSelected ? "true" : undefined}
          onFocus={() => onSelect(token.id)}
          aria-label={`${tokenName(display)}, p ${probability(logprob)}, rank ${rank}${out}`}
          role={onMark === undefined ? undefined : "checkbox"}
          aria-checked={onMark === undefined ? undefined : props.isMarked}
          onClick={(event) => {
            if (opensBeside(event)) return;
            event.preventDefault();
            (onMark ?? onTake)(token.id);
          }}
          class={cx(
            "break-words rounded-sm px-0.5",
            isDrawn && "font-bold",
            onMark !== undefined && "inline-block min-w-[44px] py-3 mid:min-w-0 mid:py-0",
          )}
        >
          {isOut ? <s>{display.text}</s> : display.text}
        </a>
        {isDrawn && <Mark>{TEXT.drawn}</Mark>}
        {isTarget && <Mark>{TEXT.targetMark}</Mark>}
        {props.isMarked && <Mark>{TEXT.marked}</Mark>}
        {isOut && (
          <>
            {" "}
            <span class="font-sans text-11 text-warn">{excludedBy}</span>
          </>
        )}
        {preview !== undefined && <Ahead {...preview} />}
      </th>
      <td class="hidden px-2 py-1 text-right text-12 text-soft sm:table-cell">
        {token.isUnnumbered === true ? "–" : token.id}
      </td>
      <td class="px-2 py-1 text-right">{numberText(logprob, numbers)}</td>
      <td class="px-2 py-1 text-right">{finalLogprob === undefined ? "–" : numberText(finalLogprob, numbers)}</td>
      <td class="hidden py-1 pl-2 pr-3 sm:table-cell">
        <Bars raw={logprob} final={finalLogprob} />
      </td>
      <td class="py-1 pr-3 font-sans text-11">
        {token.isUnnumbered !== true && (
          <a
            href={banHref}
            tabIndex={-1}
            aria-label={TEXT.banOf(tokenName(display), excludedBy === "logit_bias")}
            class={cx("rounded-sm px-1 text-soft hover:text-ink hover:underline", onMark !== undefined && "invisible")}
            onClick={(event) => {
              if (opensBeside(event)) return;
              event.preventDefault();
              onBan(token.id);
            }}
          >
            {excludedBy === "logit_bias" ? TEXT.allow : TEXT.ban}
          </a>
        )}
      </td>
    </tr>
  );
}

/** What would follow the candidate, for the eye as it would stand, for the ear as a sentence. */
function Ahead({ tokens, isBusy }: Preview) {
  const text = displayTokens(tokens).map((token) => token.text).join("");
  return (
    <span role="status" class="block text-12 text-soft" aria-label={TEXT.preview(text)}>
      {tokens.length === 0 ? (isBusy ? TEXT.previewing : TEXT.previewEnds) : `…${text}`}
    </span>
  );
}

function Mark(props: { readonly children: string }) {
  // The space lets a narrow column break before it.
  return (
    <>
      {" "}
      <span class="rounded-sm bg-sunk px-1 font-sans text-11 text-accent">{props.children}</span>
    </>
  );
}

const BAR_WIDTH = 160;

/** The final probability as a bar, the raw one as a thin line beneath. */
function Bars(props: { readonly raw: number; readonly final: number | undefined }) {
  // Less than half a pixel is no bar: its number says how little it is.
  const width = (logprob: number) => {
    const wanted = Math.exp(logprob) * BAR_WIDTH;
    return wanted < 0.5 ? "0" : Math.max(1, wanted).toFixed(1);
  };
  return (
    <svg width={BAR_WIDTH} height="12" aria-hidden="true" class="block">
      {props.final !== undefined && <rect y="1" width={width(props.final)} height="7" rx="2" class="fill-accent" />}
      <rect y="9" width={width(props.raw)} height="2" class="fill-edge" />
    </svg>
  );
}

const MOVES: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

function moveRows(event: JSX.TargetedKeyboardEvent<HTMLDivElement>): void {
  const move = MOVES[event.key];
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("[data-candidate]")];
  const focused = links.findIndex((link) => link === document.activeElement);
  if (move === undefined || focused < 0) return;
  event.preventDefault();
  links[focused + move]?.focus();
}
