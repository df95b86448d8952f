import type { Evidence, Interval } from "../lm/evidence.ts";
import { bits, count } from "./number_format.ts";
import { STRINGS } from "./strings.ts";

/** How far the numbers beside it can be trusted, and why no further. */
export function EvidenceBadge({ evidence: { kind, reason } }: { readonly evidence: Evidence }) {
  return (
    <p class="text-12 text-soft">
      <span class="mr-1.5 rounded-sm border border-line bg-sunk px-1 text-11 text-ink">{STRINGS.evidence[kind]}</span>
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

/** The probability of what is not shown, in per cent: one number where rounding is all that the bounds differ by. */
export function massText({ low, high = 1 }: Interval): string {
  const [from, to] = [low, high].map((mass) => (mass * 100).toFixed(1));
  return from === to ? `${to}` : `${from}–${to}`;
}
