/**
 * What other sampling params would have made of a step that was taken: from its log and the same noise, no model call.
 *
 * A step carries its most probable candidates only. Where the verdict could depend on the rest of the vocabulary it is
 * `unknown`, unless a bound on the rest settles it: noise is known for every token id, and no token of the rest is more
 * probable than the least probable candidate shown.
 */
import type { Candidate, ProcessorName, Step } from "./event.ts";
import { gumbelAt, streamKey } from "./noise.ts";
import type { SamplingParams } from "./params.ts";

export type SurvivalVerdict =
  | { readonly kind: "kept" }
  | { readonly kind: "excluded"; readonly by: ProcessorName }
  /** `to` wins the draw instead; absent where a token that is not shown might. */
  | { readonly kind: "lost"; readonly to?: Candidate }
  | { readonly kind: "unknown" };

const KEPT = { kind: "kept" } as const;
const UNKNOWN = { kind: "unknown" } as const;

/** Whether the step's token would be taken again under `params`, given the same prefix. */
export function survives(step: Step, params: SamplingParams): SurvivalVerdict {
  // What was chosen by hand is chosen by hand again.
  return step.draw.kind === "forced" ? KEPT : drawnAgain(step, params);
}

/** Whether the dice of `params` fall on the step's token, however it was chosen. */
export function drawnAgain(step: Step, params: SamplingParams): SurvivalVerdict {
  if (isEditing(params) || !isWhole(step)) return UNKNOWN;
  const ranked = step.top.filter(({ rank }, index) => rank === index + 1);
  const chosen = step.top.find(({ token }) => token.id === step.token.id);
  const best = ranked[0];
  if (chosen === undefined || best === undefined) return UNKNOWN;
  if (params.temperature === 0) {
    return chosen.rank === 1 ? KEPT : { kind: "lost", to: best };
  }
  const acts = (one: ProcessorName, other: ProcessorName) => params.order.indexOf(one) < params.order.indexOf(other);
  // What min_p removes before top_p looks has no share in its sum.
  if (params.minP > 0 && params.topP < 1 && acts("min_p", "top_p")) return UNKNOWN;
  const inverse = (of: ProcessorName) => acts("temperature", of) ? 1 / params.temperature : 1;
  const { topK } = params;
  const isPastTopK = topK > 0 && chosen.rank > topK;
  const topKIsFirst = topK > 0 && acts("top_k", "top_p");
  if (isPastTopK && topKIsFirst) return { kind: "excluded", by: "top_k" };
  const most = topKIsFirst ? topK : Infinity;
  const kept = ranked.slice(0, most);
  // The rest takes part unless top_k ends within what is shown.
  const rest = most <= ranked.length
    ? undefined
    : restBounds(step, ranked, inverse("top_p"), topKIsFirst ? topK - ranked.length : step.restCount);

  const nucleus = topPVerdict(kept, chosen, params.topP, inverse("top_p"), rest);
  if (nucleus.kind !== "kept") return nucleus;
  const isUnlikely = Math.exp((chosen.logprob - best.logprob) * inverse("min_p")) < params.minP;
  const minPIsFirst = acts("min_p", "top_k");
  if (isUnlikely && (minPIsFirst || !isPastTopK)) return { kind: "excluded", by: "min_p" };
  if (isPastTopK) return { kind: "excluded", by: "top_k" };
  const size = topK > 0 ? Math.min(nucleus.size, topK) : nucleus.size;
  const restTakesPart = rest !== undefined && !nucleus.isClosed && !(topK > 0 && topK <= ranked.length);
  return drawVerdict(step, params, { kept, chosen, size, restTakesPart, minPInverse: inverse("min_p") });
}

/** A step whose whole distribution and noise are known, unlike one of a server. */
type WholeStep = Step & { readonly restCount: number };

function isWhole(step: Step): step is WholeStep {
  return step.restCount !== undefined && step.draw.kind !== "remote";
}

/** Penalties and biases depend on tokens before the step, which it does not carry. */
function isEditing(params: SamplingParams): boolean {
  return params.repetitionPenalty !== 1 || params.frequencyPenalty !== 0 || params.presencePenalty !== 0 ||
    Object.keys(params.logitBias).length > 0;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** Least and most that the tempered mass Σ p^a of the `taking` most probable tokens of the rest can be. */
function restBounds(
  step: WholeStep,
  ranked: readonly Candidate[],
  inverse: number,
  taking: number,
): Bounds | undefined {
  const last = ranked[ranked.length - 1];
  if (step.restLogprob === undefined || step.restCount === 0 || last === undefined) return undefined;
  const mass = Math.exp(step.restLogprob);
  const spread = step.restCount * (mass / step.restCount) ** inverse;
  const largest = Math.max(Math.exp(last.logprob), mass / step.restCount);
  const packed = mass * largest ** (inverse - 1);
  const all = { low: Math.min(spread, packed), high: Math.max(spread, packed) };
  if (taking >= step.restCount) return all;
  // Of a part of the rest only the most is known: none of it is more probable than the last candidate shown.
  return { low: 0, high: Math.min(all.high, taking * Math.exp(last.logprob * inverse)) };
}

type Nucleus = Exclude<SurvivalVerdict, { kind: "kept" }> | {
  readonly kind: "kept";
  /** How many of the candidates shown are in the nucleus. */
  readonly size: number;
  /** True when nothing of the rest can be in it. */
  readonly isClosed: boolean;
};

function topPVerdict(
  kept: readonly Candidate[],
  chosen: Candidate,
  p: number,
  inverse: number,
  rest: Bounds | undefined,
): Nucleus {
  if (p >= 1) return { kind: "kept", size: kept.length, isClosed: rest === undefined };
  const weights = kept.map(({ logprob }) => Math.exp(logprob * inverse));
  const shown = weights.reduce((sum, weight) => sum + weight, 0);
  const low = shown + (rest?.low ?? 0), high = shown + (rest?.high ?? 0);
  let before = 0, size = 0;
  let isExcluded = false, isUnsure = false, isClosed = false;
  for (const [index, candidate] of kept.entries()) {
    if (before / high >= p) {
      isExcluded ||= candidate.token.id === chosen.token.id;
      isClosed = true;
    } else {
      // With the smallest total the sum before it may already reach p: then its place is not settled.
      if (before / low >= p) isUnsure = true;
      size = index + 1;
    }
    before += weights[index] ?? 0;
  }
  const isShown = kept.some(({ token }) => token.id === chosen.token.id);
  if (isExcluded || (!isShown && before / high >= p)) return { kind: "excluded", by: "top_p" };
  if (isUnsure || !isShown) return UNKNOWN;
  return { kind: "kept", size, isClosed: isClosed || rest === undefined || before / high >= p };
}

interface Drawable {
  readonly kept: readonly Candidate[];
  readonly chosen: Candidate;
  /** How many of `kept` top_p and top_k leave. */
  readonly size: number;
  readonly restTakesPart: boolean;
  /** 1 ÷ temperature, where that has acted before min_p. */
  readonly minPInverse: number;
}

function drawVerdict(
  step: WholeStep,
  params: SamplingParams,
  { kept, chosen, size, restTakesPart, minPInverse }: Drawable,
): SurvivalVerdict {
  const key = streamKey(params.seed, step.sequence, step.position);
  const inverse = 1 / params.temperature;
  const score = ({ token, logprob }: Candidate) => logprob * inverse + gumbelAt(key, token.id);
  const best = kept[0];
  let winner = chosen;
  for (const rival of kept.slice(0, size)) {
    const isIn = best !== undefined && Math.exp((rival.logprob - best.logprob) * minPInverse) >= params.minP;
    if (isIn && score(rival) > score(winner)) winner = rival;
  }
  const last = kept[kept.length - 1];
  const isRestOut = !restTakesPart || last === undefined || best === undefined ||
    Math.exp((last.logprob - best.logprob) * minPInverse) < params.minP;
  const bound = Math.min(last?.logprob ?? -Infinity, step.restLogprob ?? -Infinity) * inverse;
  const isSettled = isRestOut || bound + largestRestNoise(step, key) <= score(winner);
  if (winner.token.id === chosen.token.id) return isSettled ? KEPT : UNKNOWN;
  return isSettled ? { kind: "lost", to: winner } : { kind: "lost" };
}

function largestRestNoise(step: WholeStep, key: readonly [number, number]): number {
  const shown = new Set(step.top.map(({ token }) => token.id));
  let largest = -Infinity;
  for (let id = 0; id < shown.size + step.restCount; id++) {
    if (!shown.has(id)) largest = Math.max(largest, gumbelAt(key, id));
  }
  return largest;
}
