import type { Evidence } from "../../lm/evidence.ts";
import { bits, count } from "../number_format.ts";
import { RUN_STRINGS } from "../run_strings.ts";

/** How far the numbers beside it can be trusted, and why no further. */
export function EvidenceBadge({ evidence: { kind, reason } }: { readonly evidence: Evidence }) {
  return (
    <p class="text-12 text-soft">
      <span class="mr-1.5 rounded-sm border border-line bg-sunk px-1 text-11 text-ink">
        {RUN_STRINGS.evidence[kind]}
      </span>
      {reason}
    </p>
  );
}

/** The entropy, or the bounds of it. */
export function entropyText(nats: number, evidence: Evidence | undefined): string {
  const bounds = evidence?.entropyNats;
  if (bounds === undefined) return `${bits(nats)} bits`;
  return bounds.high === undefined ? `≥ ${bits(bounds.low)} bits` : `${bits(bounds.low)}–${bits(bounds.high)} bits`;
}

/** The rank, or the least that it can be. */
export function rankText(rank: number, evidence: Evidence | undefined): string {
  return evidence?.isRankLeast === true ? `≥ ${count(rank)}` : count(rank);
}
