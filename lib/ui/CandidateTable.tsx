import type { Candidate } from "../lm/event.ts";
import { cx } from "./cx.ts";
import { count, percent } from "./number_format.ts";
import { STRINGS } from "./strings.ts";
import { displayToken } from "./token_display.ts";

interface Rest {
  /** Undefined where nobody has counted the vocabulary. */
  readonly count: number | undefined;
  readonly logprob: number | undefined;
  readonly finalLogprob: number | undefined;
}

interface CandidateTableProps {
  readonly candidates: readonly Candidate[];
  /** Token id; undefined where nothing was chosen. */
  readonly chosen: number | undefined;
  readonly rest: Rest;
  readonly hasFinal: boolean;
  readonly hasNoise: boolean;
}

/** The candidates of one position by raw rank; what a processor removed stays in its place, struck through. */
export function CandidateTable({ candidates, chosen, rest, hasFinal, hasNoise }: CandidateTableProps) {
  return (
    <div>
      <table class="font-mono text-12 tabular-nums">
        <thead class="border-b border-line font-sans text-11 text-soft">
          <tr>
            <th scope="col" class="py-1 text-left font-semibold">{STRINGS.candidate}</th>
            <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">{STRINGS.raw}</th>
            {hasFinal && (
              <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">{STRINGS.final}</th>
            )}
            {hasNoise && (
              <th scope="col" class="whitespace-nowrap py-1 pl-2 text-right font-semibold">{STRINGS.noise}</th>
            )}
            <th class="w-[72px]">
              <span class="sr-only">bar</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => (
            <tr key={candidate.token.id} class={cx(candidate.excludedBy !== undefined && "text-soft")}>
              <th
                scope="row"
                class={cx(
                  "py-0.5 text-left font-normal break-words",
                  candidate.token.id === chosen && "font-bold",
                )}
              >
                {candidate.excludedBy === undefined
                  ? displayToken(candidate.token).text
                  : <s>{displayToken(candidate.token).text}</s>}
                {candidate.excludedBy !== undefined && (
                  <span class="ml-1.5 font-sans text-11 text-warn" title={STRINGS.excludedBy(candidate.excludedBy)}>
                    {candidate.excludedBy}
                  </span>
                )}
              </th>
              <td class="py-0.5 pl-2 text-right">{percent(candidate.logprob)}</td>
              {hasFinal && <td class="py-0.5 pl-2 text-right">{finalPercent(candidate.finalLogprob)}</td>}
              {hasNoise && <td class="py-0.5 pl-2 text-right text-soft">{candidate.noise?.toFixed(2) ?? "–"}</td>}
              <td class="py-0.5 pl-2">
                <Bar raw={candidate.logprob} final={hasFinal ? candidate.finalLogprob : candidate.logprob} />
              </td>
            </tr>
          ))}
          {rest.logprob !== undefined && (
            <tr class="text-soft">
              <th scope="row" class="py-0.5 text-left font-normal">
                {rest.count === undefined ? STRINGS.restUncounted : STRINGS.rest(count(rest.count))}
              </th>
              <td class="py-0.5 pl-2 text-right">{percent(rest.logprob)}</td>
              {hasFinal && <td class="py-0.5 pl-2 text-right">{finalPercent(rest.finalLogprob)}</td>}
              {hasNoise && <td class="py-0.5 pl-2 text-right">–</td>}
              <td class="py-0.5 pl-2">
                <HatchedBar logprob={rest.logprob} />
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {hasNoise && <p class="mt-2 text-12 text-soft">{STRINGS.drawExplained}</p>}
    </div>
  );
}

function finalPercent(logprob: number | undefined): string {
  return logprob === undefined ? "–" : percent(logprob);
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

function barWidth(logprob: number): string {
  return Math.max(1, Math.exp(logprob) * 64).toFixed(1);
}
