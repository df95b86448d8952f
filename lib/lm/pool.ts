/**
 * What a step tells of its distribution once penalties and biases have acted on it: the candidates that are surely the most
 * probable, in order, and bounds of all others. Pure, no model call.
 *
 * Penalties and biases move single logits, and a logprob is a logit up to one number that all candidates share. So the
 * candidates that a step shows are moved exactly; what it does not show is at most as probable as the least probable
 * candidate of its unbroken ranking, and is bounded by that, moved the same way.
 */
import type { Candidate, Step } from "./event.ts";
import type { SamplingParams } from "./params.ts";
import { type EditName, isActive, isEdit } from "./processor.ts";
import type { TokenId } from "./token.ts";

/** Which tokens stand before a step. */
export interface TokensBefore {
  /** Undefined where the prompt's tokens are not known. */
  readonly prompt: ReadonlySet<TokenId> | undefined;
  /** Token id → times in the completion so far. */
  readonly completion: ReadonlyMap<TokenId, number>;
}

/** A candidate, and its logprob after the edits; not normalised. */
export interface Rated {
  readonly candidate: Candidate;
  readonly logprob: number;
}

/** The tokens that a step does not show. */
export interface Unshown {
  readonly count: number;
  /** Least and most that their probabilities sum to. */
  readonly low: number;
  readonly high: number;
  /** No logprob of them is above this, but for those in `raised`. */
  readonly ceiling: number;
  /** Those that an edit may have lifted above the ceiling, each with a ceiling of its own. */
  readonly raised: ReadonlyMap<TokenId, number>;
}

export interface Pool {
  /** Surely the most probable ones, in order; removed ones left out. */
  readonly ranked: readonly Rated[];
  /** Shown ones of which nobody knows how many others stand before them. */
  readonly unranked: readonly Rated[];
  readonly unshown: Unshown | undefined;
  readonly chosen: Rated;
  /** Its place; undefined where that is not known, but it is past all of `ranked`. */
  readonly chosenRank: number | undefined;
}

/** A step whose whole distribution and noise are known, unlike one of a server. */
export type WholeStep = Step & { readonly restCount: number };

/** Why nobody can say: the prompt's tokens, or the step's logits, are not told; the edits act after other processors. */
export type PoolGap = "rest" | "prompt" | "logits" | "order";

export function poolOf(step: WholeStep, params: SamplingParams, before: TokensBefore | undefined): Pool | PoolGap {
  const chosen = step.top.find(({ token }) => token.id === step.token.id);
  // Without the most probable token nothing bounds what is not shown.
  if (chosen === undefined || (step.restCount > 0 && unbroken(step).length === 0)) return "rest";
  const edits = params.order.filter(isEdit).filter((name) => isActive(name, params));
  return edits.length === 0 ? untouched(step, chosen) : edited(step, chosen, { edits, params, before });
}

function rate(candidate: Candidate): Rated {
  return { candidate, logprob: candidate.logprob };
}

/** The candidates before the first gap in their ranks. */
function unbroken({ top }: Step): readonly Candidate[] {
  const gap = top.findIndex(({ rank }, index) => rank !== index + 1);
  return gap < 0 ? top : top.slice(0, gap);
}

function untouched(step: WholeStep, chosen: Candidate): Pool {
  const ranked = unbroken(step).map(rate);
  return {
    ranked,
    unranked: step.top.slice(ranked.length).map(rate),
    unshown: unshownOf(step),
    chosen: rate(chosen),
    chosenRank: chosen.rank,
  };
}

/** Undefined when nothing is left out, or what is has no probability. */
function unshownOf(step: WholeStep): Unshown | undefined {
  const last = unbroken(step).at(-1);
  if (step.restLogprob === undefined || step.restCount === 0 || last === undefined) return undefined;
  const mass = Math.exp(step.restLogprob);
  const ceiling = Math.min(last.logprob, step.restLogprob);
  return { count: step.restCount, low: mass, high: mass, ceiling, raised: new Map() };
}

interface Editing {
  readonly edits: readonly EditName[];
  readonly params: SamplingParams;
  readonly before: TokensBefore | undefined;
}

function edited(step: WholeStep, chosen: Candidate, editing: Editing): Pool | PoolGap {
  const { edits, params, before } = editing;
  const lastEdit = params.order.indexOf(edits.at(-1) ?? "logit_bias");
  const isFirst = params.order.every((name, index) => isEdit(name) || index > lastEdit);
  const needsPrompt = edits.includes("repetition_penalty");
  const needsBefore = edits.some((name) => name !== "logit_bias");
  if (!isFirst) return "order";
  if (needsBefore && (before === undefined || (needsPrompt && before.prompt === undefined))) return "prompt";
  if (needsPrompt && step.logNormalizer === undefined) return "logits";
  const edit = (id: TokenId, logprob: number) => moved(id, logitOf(logprob, step), editing) - normalizerOf(step);
  const rated = step.top.map((candidate) => ({ candidate, logprob: edit(candidate.token.id, candidate.logprob) }))
    .filter(({ logprob }) => logprob > -Infinity)
    .toSorted((one, other) => other.logprob - one.logprob || one.candidate.token.id - other.candidate.token.id);
  const unshown = unshownAfter(step, editing, edit, (logprob) => logitOf(logprob, step) - normalizerOf(step));
  const ceiling = unshown === undefined ? -Infinity : Math.max(unshown.ceiling, ...unshown.raised.values());
  const size = rated.filter(({ logprob }) => logprob > ceiling).length;
  const place = rated.findIndex(({ candidate }) => candidate === chosen);
  return {
    ranked: rated.slice(0, size),
    unranked: rated.slice(size),
    unshown,
    chosen: rated[place] ?? { candidate: chosen, logprob: -Infinity },
    chosenRank: place >= 0 && place < size ? place + 1 : undefined,
  };
}

function normalizerOf({ logNormalizer = 0 }: Step): number {
  return logNormalizer;
}

/** Subtle: rounded to 32 bits, as a model's is and as it is after each edit, so that what was equal there is equal here. */
function logitOf(logprob: number, step: Step): number {
  return Math.fround(logprob + normalizerOf(step));
}

/** A logit after the edits, in their order. */
function moved(id: TokenId, logit: number, { edits, params, before }: Editing): number {
  const times = before?.completion.get(id) ?? 0;
  for (const name of edits) {
    if (name === "logit_bias") logit += params.logitBias[id] ?? 0;
    else if (name === "frequency_penalty") logit -= params.frequencyPenalty * times;
    else if (name === "presence_penalty") logit -= times > 0 ? params.presencePenalty : 0;
    else if (times > 0 || before?.prompt?.has(id) === true) {
      logit = logit > 0 ? logit / params.repetitionPenalty : logit * params.repetitionPenalty;
    }
    logit = Math.fround(logit);
  }
  return logit;
}

function unshownAfter(
  step: WholeStep,
  { edits, params, before }: Editing,
  edit: (id: TokenId, logprob: number) => number,
  rounded: (logprob: number) => number,
): Unshown | undefined {
  const exact = unshownOf(step);
  if (exact === undefined) return undefined;
  const whole = { ...exact, ceiling: rounded(exact.ceiling) };
  const biased = edits.includes("logit_bias") ? Object.keys(params.logitBias).map(Number) : [];
  const seen = edits.some((name) => name !== "logit_bias") ? before?.completion.keys() ?? [] : [];
  const inPrompt = edits.includes("repetition_penalty") ? before?.prompt ?? [] : [];
  const most = Math.exp(whole.ceiling);
  if (!mayRaise(params)) {
    // Subtle: what only falls raises no bound, so that nobody has to look at each token of a long text.
    const count = biased.length + (before?.completion.size ?? 0) + (before?.prompt?.size ?? 0);
    return { ...whole, low: Math.max(0, whole.low - count * most) };
  }
  const shown = new Set(step.top.map(({ token }) => token.id));
  const touched = [...new Set([...biased, ...seen, ...inPrompt])].filter((id) => !shown.has(id));
  const ceilings = touched.map((id) => [id, edit(id, whole.ceiling)] as const);
  return {
    ...whole,
    low: Math.max(0, whole.low - touched.length * most),
    high: ceilings.reduce((sum, [, ceiling]) => sum + Math.max(most, Math.exp(ceiling)), whole.high),
    raised: new Map(ceilings.filter(([, ceiling]) => ceiling > whole.ceiling)),
  };
}

function mayRaise({ logitBias, repetitionPenalty, frequencyPenalty, presencePenalty }: SamplingParams): boolean {
  return repetitionPenalty < 1 || frequencyPenalty < 0 || presencePenalty < 0 ||
    Object.values(logitBias).some((value) => value > 0);
}
