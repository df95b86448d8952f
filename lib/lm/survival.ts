/**
 * What other sampling params would have made of a step that was taken: from its log and the same noise, no model call.
 *
 * A step carries its most probable candidates only. Where the verdict could depend on the rest of the vocabulary it is
 * `unknown`, unless a bound on the rest settles it: noise is known for every token id, and no token of the rest is more
 * probable than the least probable candidate shown.
 */
import type { Candidate, ProcessorName, Step } from "./event.ts";
import { gumbelAt, noiseExceeds, streamKey } from "./noise.ts";
import type { SamplingParams } from "./params.ts";
import { type Pool, type PoolGap, poolOf, type Rated, type TokensBefore, type WholeStep } from "./pool.ts";
import type { TokenId } from "./token.ts";

export type SurvivalVerdict =
  | { readonly kind: "kept" }
  | { readonly kind: "excluded"; readonly by: ProcessorName }
  /** `to` wins the draw instead; absent where a token that is not shown might. */
  | { readonly kind: "lost"; readonly to?: Candidate }
  /** `remote`: a server drew, or nobody has the step's numbers. */
  | { readonly kind: "unknown"; readonly why: PoolGap | "remote" };

const KEPT = { kind: "kept" } as const;
const REST = { kind: "unknown", why: "rest" } as const;

/** Whether the step's token would be taken again under `params`, given the same prefix. */
export function survives(step: Step, params: SamplingParams, before?: TokensBefore): SurvivalVerdict {
  // What was chosen by hand is chosen by hand again.
  return step.draw.kind === "forced" ? KEPT : drawnAgain(step, params, before);
}

/**
 * The verdicts of a completion's steps, up to the first that changes: what follows stands on other tokens then.
 * @param prompt its tokens; undefined where they are not known
 */
export function verdictsAlong(
  steps: readonly Step[],
  params: SamplingParams,
  prompt: readonly TokenId[] | undefined,
): readonly SurvivalVerdict[] {
  const completion = new Map<TokenId, number>();
  const before = { prompt: prompt && new Set(prompt), completion };
  const verdicts: SurvivalVerdict[] = [];
  for (const step of steps) {
    const verdict = survives(step, params, before);
    verdicts.push(verdict);
    if (verdict.kind === "excluded" || verdict.kind === "lost") break;
    completion.set(step.token.id, (completion.get(step.token.id) ?? 0) + 1);
  }
  return verdicts;
}

/** The tokens before a position of a completion. @param prompt its tokens; undefined where they are not known */
export function tokensBefore(
  steps: readonly Step[],
  position: number,
  prompt: readonly TokenId[] | undefined,
): TokensBefore {
  const completion = new Map<TokenId, number>();
  for (const { token: { id } } of steps.slice(0, position)) completion.set(id, (completion.get(id) ?? 0) + 1);
  return { prompt: prompt && new Set(prompt), completion };
}

/** Whether the dice of `params` fall on the step's token, however it was chosen. */
export function drawnAgain(step: Step, params: SamplingParams, before?: TokensBefore): SurvivalVerdict {
  if (!isWhole(step)) return { kind: "unknown", why: "remote" };
  const pool = poolOf(step, params, before);
  if (typeof pool === "string") return { kind: "unknown", why: pool };
  const { ranked, unshown, chosen, chosenRank } = pool;
  if (chosen.logprob === -Infinity) return { kind: "excluded", by: "logit_bias" };
  const best = ranked[0];
  if (best === undefined) return REST;
  if (params.temperature === 0) return chosenRank === 1 ? KEPT : { kind: "lost", to: best.candidate };
  const acts = (one: ProcessorName, other: ProcessorName) => params.order.indexOf(one) < params.order.indexOf(other);
  // What min_p removes before top_p looks has no share in its sum.
  if (params.minP > 0 && params.topP < 1 && acts("min_p", "top_p")) return REST;
  const inverse = (of: ProcessorName) => acts("temperature", of) ? 1 / params.temperature : 1;
  const { topK } = params;
  const isPastTopK = topK > 0 && (chosenRank ?? ranked.length + 1) > topK;
  if (topK > 0 && chosenRank === undefined && !isPastTopK) return REST;
  const topKIsFirst = topK > 0 && acts("top_k", "top_p");
  const minPIsFirst = acts("min_p", "top_k");
  const isUnlikely = Math.exp((chosen.logprob - best.logprob) * inverse("min_p")) < params.minP;
  if (isPastTopK && topKIsFirst) return { kind: "excluded", by: isUnlikely && minPIsFirst ? "min_p" : "top_k" };
  const most = topKIsFirst ? topK : Infinity;
  const kept = ranked.slice(0, most);
  // The rest takes part unless top_k ends within what is shown.
  const rest = most <= ranked.length || unshown === undefined ? undefined : tailBounds(pool, unshown, {
    best: best.logprob,
    inverse: inverse("top_p"),
    taking: topKIsFirst ? topK - ranked.length : Infinity,
  });

  const nucleus = topPVerdict(kept, chosen, params.topP, inverse("top_p"), rest);
  if (nucleus.kind !== "kept") return nucleus;
  if (isUnlikely && (minPIsFirst || !isPastTopK)) return { kind: "excluded", by: "min_p" };
  if (isPastTopK) return { kind: "excluded", by: "top_k" };
  const size = topK > 0 ? Math.min(nucleus.size, topK) : nucleus.size;
  const restTakesPart = rest !== undefined && !nucleus.isClosed && !(topK > 0 && topK <= ranked.length);
  return drawVerdict(step, params, pool, { kept: kept.slice(0, size), restTakesPart, minPInverse: inverse("min_p") });
}

function isWhole(step: Step): step is WholeStep {
  return step.restCount !== undefined && step.draw.kind !== "remote";
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

interface Tail {
  readonly best: number;
  /** 1 ÷ temperature. */
  readonly inverse: number;
  /** How many of the tail count. */
  readonly taking: number;
}

/**
 * Least and most that the tempered mass Σ (p ÷ best p)^a of the `taking` most probable tokens outside of `ranked` can be.
 * Subtle: beside the best no number is too large or too small, whatever bias and temperature are.
 */
function tailBounds(
  { unranked }: Pool,
  unshown: NonNullable<Pool["unshown"]>,
  { best, inverse, taking }: Tail,
): Bounds {
  const { count, raised } = unshown;
  const low = unshown.low * Math.exp(-best), high = unshown.high * Math.exp(-best);
  const known = unranked.reduce((sum, { logprob }) => sum + Math.exp((logprob - best) * inverse), 0);
  const ceiling = Math.max(unshown.ceiling, ...raised.values()) - best, most = Math.exp(ceiling);
  const spread = (mass: number) => count * (mass / count) ** inverse;
  // A mass is packed into as few tokens as can hold it.
  const packed = (mass: number) => mass * Math.max(most, mass / count) ** (inverse - 1);
  const all = {
    low: known + (low === 0 ? 0 : Math.min(spread(low), packed(low))),
    high: known + Math.max(spread(high), packed(high)),
  };
  if (taking >= count + unranked.length) return all;
  // Of a part of the rest only the most is known: none of it is more probable than the last candidate shown.
  const highest = Math.max(ceiling, ...unranked.map(({ logprob }) => logprob - best));
  return { low: 0, high: Math.min(all.high, taking * Math.exp(highest * inverse)) };
}

type Nucleus = Exclude<SurvivalVerdict, { kind: "kept" }> | {
  readonly kind: "kept";
  /** How many of the candidates shown are in the nucleus. */
  readonly size: number;
  /** True when nothing of the rest can be in it. */
  readonly isClosed: boolean;
};

function topPVerdict(
  kept: readonly Rated[],
  chosen: Rated,
  p: number,
  inverse: number,
  rest: Bounds | undefined,
): Nucleus {
  if (p >= 1) return { kind: "kept", size: kept.length, isClosed: rest === undefined };
  const best = kept[0]?.logprob ?? 0, weights = kept.map(({ logprob }) => Math.exp((logprob - best) * inverse));
  const shown = weights.reduce((sum, weight) => sum + weight, 0);
  const low = shown + (rest?.low ?? 0), high = shown + (rest?.high ?? 0);
  let before = 0, size = 0;
  let isExcluded = false, isUnsure = false, isClosed = false;
  for (const [index, { candidate }] of kept.entries()) {
    if (before / high >= p) {
      isExcluded ||= candidate === chosen.candidate;
      isClosed = true;
    } else {
      // With the smallest total the sum before it may already reach p: then its place is not settled.
      if (before / low >= p) isUnsure = true;
      size = index + 1;
    }
    before += weights[index] ?? 0;
  }
  const isShown = kept.some(({ candidate }) => candidate === chosen.candidate);
  if (isExcluded || (!isShown && before / high >= p)) return { kind: "excluded", by: "top_p" };
  if (isUnsure || !isShown) return REST;
  return { kind: "kept", size, isClosed: isClosed || rest === undefined || before / high >= p };
}

interface Drawable {
  /** Those of the ranking that top_p and top_k leave. */
  readonly kept: readonly Rated[];
  readonly restTakesPart: boolean;
  /** 1 ÷ temperature, where that has acted before min_p. */
  readonly minPInverse: number;
}

function drawVerdict(
  step: WholeStep,
  params: SamplingParams,
  { ranked, unranked, chosen, unshown }: Pool,
  { kept, restTakesPart, minPInverse }: Drawable,
): SurvivalVerdict {
  const key = streamKey(params.seed, step.sequence, step.position);
  const inverse = 1 / params.temperature;
  const best = ranked[0]?.logprob ?? 0;
  const isLikely = (logprob: number) => Math.exp((logprob - best) * minPInverse) >= params.minP;
  // Subtle: beside the best, so that the noise is not lost in numbers that a small temperature makes large.
  const score = ({ candidate, logprob }: Rated) => (logprob - best) * inverse + gumbelAt(key, candidate.token.id);
  const likely = unranked.filter(({ logprob }) => isLikely(logprob));
  // Past the ranking only the whole vocabulary is sure to take part.
  const isOpen = params.topP >= 1 && params.topK === 0;
  let winner = chosen;
  for (const rival of [...kept, ...(isOpen ? likely : [])]) {
    if (isLikely(rival.logprob) && score(rival) > score(winner)) winner = rival;
  }
  const missing = (logprob: number) => score(winner) - (logprob - best) * inverse;
  const mayWin = restTakesPart && (
    (!isOpen && likely.some((rival) => score(rival) > score(winner))) ||
    (unshown !== undefined && (
      [...unshown.raised].some(([id, most]) => isLikely(most) && gumbelAt(key, id) > missing(most)) ||
      (isLikely(unshown.ceiling) && restMayWin(step, key, missing(unshown.ceiling)))
    ))
  );
  if (winner === chosen) return mayWin ? REST : KEPT;
  return mayWin ? { kind: "lost" } : { kind: "lost", to: winner.candidate };
}

/** Whether the noise of a token that is not shown is above a bound. */
function restMayWin(step: WholeStep, key: readonly [number, number], bound: number): boolean {
  const shown = new Set(step.top.map(({ token }) => token.id));
  return noiseExceeds(key, bound, shown.size + step.restCount, shown);
}
