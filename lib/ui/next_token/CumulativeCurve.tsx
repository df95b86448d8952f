import type { Candidate } from "../../lm/event.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";
import { count } from "../number_format.ts";

interface CumulativeCurveProps {
  /** By rank. */
  readonly candidates: readonly Candidate[];
  /** Where top_p cuts; 1 for nowhere. */
  readonly topP: number;
}

const WIDTH = 300;
const HEIGHT = 72;
/** Shares of the probability that the sentence below tells of. */
const SHARES = [0.5, 0.9, 0.99];

/** How much of the probability the most probable candidates hold together, raw and final, over their rank. */
export function CumulativeCurve({ candidates, topP }: CumulativeCurveProps) {
  const ranked = candidates.filter(({ rank }, index) => rank === index + 1);
  if (ranked.length < 2) return null;
  const raw = sums(ranked.map(({ logprob }) => Math.exp(logprob)));
  // A server draws by itself and tells no final probabilities.
  const hasFinal = ranked.some(({ finalLogprob }) => finalLogprob !== undefined);
  const final = sums(ranked.map(({ finalLogprob }) => finalLogprob === undefined ? 0 : Math.exp(finalLogprob)));
  const held = SHARES.map((share) => [share, raw.findIndex((sum) => sum >= share) + 1] as const)
    .filter(([, tokens]) => tokens > 0)
    .map(([share, tokens]) => TEXT.holds(String(share * 100), count(tokens)));
  return (
    <figure class="flex flex-col gap-1">
      <figcaption class="text-12 text-soft">{hasFinal ? TEXT.cumulative : TEXT.cumulativeRaw}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height={HEIGHT} aria-hidden="true" class="block">
        <rect width={WIDTH} height={HEIGHT} rx="3" class="fill-sunk" />
        {topP < 1 && (
          <>
            <line x2={WIDTH} y1={y(topP)} y2={y(topP)} class="stroke-warn" stroke-dasharray="3 3" />
            <text x={WIDTH - 4} y={y(topP) + 12} text-anchor="end" class="fill-warn font-mono text-11">
              top_p {topP}
            </text>
          </>
        )}
        <polyline points={points(raw)} fill="none" stroke-width="1.5" class="stroke-edge" />
        {hasFinal && <polyline points={points(final)} fill="none" stroke-width="2" class="stroke-accent" />}
      </svg>
      <p class="text-12 text-soft">{held.length === 0 ? TEXT.holdsLittle(count(ranked.length)) : held.join(" · ")}</p>
    </figure>
  );
}

function sums(probabilities: readonly number[]): readonly number[] {
  let sum = 0;
  return probabilities.map((probability) => sum += probability);
}

/** Ranks stand at their logarithm: the first few hold almost all. */
function points(sums: readonly number[]): string {
  const scale = WIDTH / Math.log(sums.length);
  return sums.map((sum, index) => `${(Math.log(index + 1) * scale).toFixed(1)},${y(sum).toFixed(1)}`).join(" ");
}

function y(sum: number): number {
  return HEIGHT - 2 - Math.min(1, sum) * (HEIGHT - 4);
}
