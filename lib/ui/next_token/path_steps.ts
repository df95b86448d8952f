/** What the model said at each place of a path: kept as it is met, so that other params can be tried without a call. */
import type { Candidate, Step } from "../../lm/event.ts";
import type { NextToken } from "../../lm/next.ts";
import type { SamplingParams } from "../../lm/params.ts";
import { drawnAgain, type SurvivalVerdict } from "../../lm/survival.ts";
import type { TokenId } from "../../lm/token.ts";

/** Ids before a place, joined → the step there, whatever token it took. */
export type KnownSteps = ReadonlyMap<string, Step>;

/** Logprobs have the seven digits of 32 bits: of a sum, a smaller part than this cannot be told from nothing. */
const LEAST_LEFT = 1e-5;

/**
 * The steps with what an answer tells of its place. Of a later page nothing is kept, since only a step that holds the most
 * probable tokens tells what other params make of it.
 */
export function withAnswer(
  known: KnownSteps,
  path: readonly TokenId[],
  { step, found = [], target, offset }: NextToken,
): KnownSteps {
  if (offset > 0) return known;
  const further = target === undefined || found.some(({ token }) => token.id === target.token.id)
    ? found
    : [...found, target];
  const more = further.filter(({ token }) => step.top.every((candidate) => candidate.token.id !== token.id));
  const before = known.get(path.join());
  const isSame = before !== undefined && before.top.length >= step.top.length + more.length;
  return isSame ? known : new Map(known).set(path.join(), withCandidates(step, more));
}

/** The step with more candidates, which its rest no longer holds. */
function withCandidates(step: Step, more: readonly Candidate[]): Step {
  const { restLogprob, restFinalLogprob, restCount, ...others } = step;
  const raw = restWithout(restLogprob, more.map(({ logprob }) => logprob));
  const final = restWithout(restFinalLogprob, more.map(({ finalLogprob = -Infinity }) => finalLogprob));
  return {
    ...others,
    top: [...step.top, ...more].toSorted((one, other) => one.rank - other.rank),
    ...(restCount === undefined ? {} : { restCount: restCount - more.length }),
    ...(raw === undefined ? {} : { restLogprob: raw }),
    ...(final === undefined ? {} : { restFinalLogprob: final }),
  };
}

/** log(exp(rest) − Σ exp(logprob)); undefined where nothing is left. */
function restWithout(rest: number | undefined, logprobs: readonly number[]): number | undefined {
  if (rest === undefined || logprobs.length === 0) return rest;
  const left = 1 - logprobs.reduce((sum, logprob) => sum + Math.exp(logprob - rest), 0);
  return left > LEAST_LEFT ? rest + Math.log(left) : undefined;
}

/** The step of each token of a path; undefined where the place or the token's numbers are not known. */
export function pathSteps(known: KnownSteps, path: readonly TokenId[]): readonly (Step | undefined)[] {
  return path.map((id, index) => {
    const step = known.get(path.slice(0, index).join());
    const taken = step?.top.find(({ token }) => token.id === id);
    return step && taken && taking(step, taken);
  });
}

/** The step as if another of its candidates had been taken. */
function taking(step: Step, { token, logprob, rank }: Candidate): Step {
  return { ...step, token, logprob, rank };
}

/** What the dice of the params make of each token of a path; undefined where nobody can say. */
export function pathVerdicts(
  steps: readonly (Step | undefined)[],
  path: readonly TokenId[],
  params: SamplingParams,
  prompt: readonly TokenId[],
): readonly (SurvivalVerdict | undefined)[] {
  const completion = new Map<TokenId, number>();
  const before = { prompt: new Set(prompt), completion };
  return steps.map((step, index) => {
    const verdict = step && step.draw.kind !== "remote" ? drawnAgain(step, params, before) : undefined;
    const id = path[index] ?? 0;
    completion.set(id, (completion.get(id) ?? 0) + 1);
    return verdict;
  });
}
