import type { Candidate } from "../../lm/event.ts";
import { CANDIDATE_STRINGS } from "./candidate_strings.ts";
import { cx } from "../cx.ts";
import type { Interval } from "../../lm/evidence.ts";
import { massText } from "../token/mass_text.ts";
import { count, percent, rounded } from "../number_format.ts";
import { STRINGS } from "../strings.ts";
import { displayToken } from "../token/token_display.ts";

interface Rest {
  /** Undefined where nobody has counted the vocabulary. */
  readonly count: number | undefined;
  readonly logprob: number | undefined;
  readonly finalLogprob: number | undefined;
  /** Bounds of its probability, where the logprob is not known. */
  readonly mass?: Interval | undefined;
}

interface CandidateTableProps {
  readonly candidates: readonly Candidate[];
  /** Token id; undefined where nothing was chosen. */
  readonly chosen: number | undefined;
  readonly rest: Rest;
  readonly hasFinal: boolean;
  readonly hasNoise: boolean;
  /** Goes on with a candidate in the chosen one's place. */
  readonly onTake?: ((id: number) => void) | undefined;
}

/** The candidates of one position by raw rank; what a processor removed stays in its place, struck through. */
export function CandidateTable({ candidates, chosen, rest, hasFinal, hasNoise, onTake }: CandidateTableProps) {
  return (
    <div>
      <table class="font-mono text-12 tabular-nums">
        <thead class="border-b border-line font-sans text-11 text-soft">
          <tr>
            <th scope="col" class="py-1 text-left font-semibold">{CANDIDATE_STRINGS.candidate}</th>
            <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">{CANDIDATE_STRINGS.raw}</th>
            {hasFinal && (
              <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">
                {CANDIDATE_STRINGS.final}
              </th>
            )}
            {hasNoise && (
              <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">
                {CANDIDATE_STRINGS.noise}
              </th>
            )}
            <th class="w-[72px]">
              <span class="sr-only">{STRINGS.bar}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate, index) => (
            <CandidateRow
              key={candidate.token.id}
              candidate={candidate}
              skipped={candidate.rank - 1 - (candidates[index - 1]?.rank ?? 0)}
              isChosen={candidate.token.id === chosen}
              hasFinal={hasFinal}
              hasNoise={hasNoise}
              onTake={onTake}
            />
          ))}
          {(rest.logprob !== undefined || rest.mass !== undefined) && (
            <tr class="text-soft">
              <th scope="row" class="py-0.5 text-left font-normal">
                {rest.count === undefined ? CANDIDATE_STRINGS.restUncounted : CANDIDATE_STRINGS.rest(count(rest.count))}
              </th>
              <td class="py-0.5 pl-2 text-right">{restPercent(rest)}</td>
              {hasFinal && <td class="py-0.5 pl-2 text-right">{finalPercent(rest.finalLogprob)}</td>}
              {hasNoise && <td class="py-0.5 pl-2 text-right">–</td>}
              <td class="py-0.5 pl-2">
                <HatchedBar logprob={rest.logprob ?? Math.log(rest.mass?.high ?? 1)} />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {hasNoise && <p class="mt-2 text-12 text-soft">{CANDIDATE_STRINGS.drawExplained}</p>}
    </div>
  );
}

interface CandidateRowProps {
  readonly candidate: Candidate;
  /** Ranks between the row before and this one that are not shown. */
  readonly skipped: number;
  readonly isChosen: boolean;
  readonly hasFinal: boolean;
  readonly hasNoise: boolean;
  readonly onTake: ((id: number) => void) | undefined;
}

function CandidateRow({ candidate, skipped, isChosen, hasFinal, hasNoise, onTake }: CandidateRowProps) {
  const { token, logprob, finalLogprob, excludedBy, noise, rank } = candidate;
  return (
    <tr class={cx(excludedBy !== undefined && "text-soft", skipped > 0 && "border-t border-line")}>
      <th scope="row" class={cx("break-anywhere py-0.5 text-left", isChosen ? "font-bold" : "font-normal")}>
        {onTake === undefined || isChosen ? <CandidateText candidate={candidate} /> : (
          <button
            type="button"
            aria-label={CANDIDATE_STRINGS.continueWith(displayToken(token).text)}
            title={CANDIDATE_STRINGS.continueWith(displayToken(token).text)}
            onClick={() => onTake(token.id)}
            class="rounded-sm hover:bg-sunk"
          >
            <CandidateText candidate={candidate} />
          </button>
        )}
        {skipped > 0 && <span class="ml-1.5 font-sans text-11 text-soft">{CANDIDATE_STRINGS.atRank(count(rank))}</span>}
        {excludedBy !== undefined && (
          <span class="ml-1.5 font-sans text-11 text-warn" title={CANDIDATE_STRINGS.excludedBy(excludedBy)}>
            {excludedBy}
          </span>
        )}
      </th>
      <td class="py-0.5 pl-2 text-right">{percent(logprob)}</td>
      {hasFinal && <td class="py-0.5 pl-2 text-right">{finalPercent(finalLogprob)}</td>}
      {hasNoise && <td class="py-0.5 pl-2 text-right text-soft">{noise === undefined ? "–" : rounded(noise)}</td>}
      <td class="py-0.5 pl-2">
        <Bar raw={logprob} final={hasFinal ? finalLogprob : logprob} />
      </td>
    </tr>
  );
}

function CandidateText({ candidate: { token, excludedBy } }: { readonly candidate: Candidate }) {
  const { text } = displayToken(token);
  return excludedBy === undefined ? <>{text}</> : <s>{text}</s>;
}

function finalPercent(logprob: number | undefined): string {
  return logprob === undefined ? "–" : percent(logprob);
}

function restPercent({ logprob, mass }: Rest): string {
  if (logprob !== undefined) return percent(logprob);
  return mass === undefined ? "–" : massText(mass);
}

/** The final probability as a bar, the raw one as a thin line beneath. */
function Bar(props: { readonly raw: number; readonly final: number | undefined }) {
  return (
    <svg width="64" height="10" aria-hidden="true" class="block">
      {props.final !== undefined && <rect y="1" width={barWidth(props.final)} height="6" rx="3" class="fill-accent" />}
      <rect y="8" width={barWidth(props.raw)} height="1.5" class="fill-edge" />
    </svg>
  );
}

function HatchedBar(props: { readonly logprob: number }) {
  return (
    <svg width="64" height="10" aria-hidden="true" class="block">
      <rect
        y="2"
        width={barWidth(props.logprob)}
        height="6"
        rx="3"
        class="fill-transparent stroke-edge"
        stroke-dasharray="2 2"
      />
    </svg>
  );
}

/** Less than half a pixel is no bar: its number says how little it is. */
function barWidth(logprob: number): string {
  const width = Math.exp(logprob) * 64;
  return width < 0.5 ? "0" : Math.max(1, width).toFixed(1);
}
