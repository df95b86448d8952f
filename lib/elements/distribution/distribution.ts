import type { Candidate, Distribution, ScoredToken, Step } from "../../lm/event.ts";
import type { TokenId } from "../../lm/token.ts";
import { Element, type ElementOptions } from "../element.ts";
import { checkLogprob, keepCandidates } from "./kept_candidates.ts";

/** All that is outside the candidates; absent parts are not known. */
export interface RestOfVocabulary {
  readonly count?: number;
  readonly logprob?: number;
  readonly finalLogprob?: number;
}

export interface DistributionState {
  readonly candidates: readonly Candidate[];
  /** Absent: nothing was chosen, and null on the wire. */
  readonly chosen: TokenId | undefined;
  readonly rest: RestOfVocabulary;
}

export interface RestOptions {
  /** Log of the summed probability of every token outside the candidates. */
  readonly restLogprob?: number;
  /** Number of tokens outside the candidates. */
  readonly restCount?: number;
}

/** Whatever has candidates: a list of them, a step, a scored token, or a distribution without a choice. */
export type CandidateSource = readonly Candidate[] | Step | ScoredToken | Distribution;

const NOTHING: DistributionState = { candidates: [], chosen: undefined, rest: {} };

export class DistributionTable extends Element<DistributionState> {
  constructor(options: ElementOptions) {
    super("distribution", NOTHING, options);
  }

  /** Replaces what is shown. @throws {RangeError} naming the candidate whose logprob is above 0 or no number */
  set(source: CandidateSource, options: RestOptions = {}): void {
    const { candidates, chosen, rest } = read(source);
    const { restLogprob, restCount } = options;
    if (restLogprob !== undefined) checkLogprob("the rest", restLogprob);
    this.change({
      candidates: keepCandidates(candidates),
      chosen,
      rest: {
        ...rest,
        ...(restLogprob === undefined ? {} : { logprob: restLogprob }),
        ...(restCount === undefined ? {} : { count: restCount }),
      },
    });
  }
}

/**
 * The candidates of one position, with their probabilities as numbers and bars.
 * @example for await (const step of generator("demo").stream("roses")) rivals.set(step)
 */
export function distribution(options: ElementOptions = {}): DistributionTable {
  return new DistributionTable(options);
}

function read(source: CandidateSource): DistributionState {
  if (isList(source)) return { ...NOTHING, candidates: source };
  if ("candidates" in source) {
    const { candidates, vocabularySize, restLogprob } = source;
    return { candidates, chosen: undefined, rest: restOf(vocabularySize - candidates.length, restLogprob) };
  }
  const rest = restOf(source.restCount, source.restLogprob);
  const hasFinal = "restFinalLogprob" in source && source.restFinalLogprob !== undefined;
  return {
    candidates: source.top,
    chosen: source.token.id,
    rest: hasFinal ? { ...rest, finalLogprob: source.restFinalLogprob } : rest,
  };
}

function restOf(count: number | undefined, logprob: number | undefined): RestOfVocabulary {
  return { ...(count === undefined ? {} : { count }), ...(logprob === undefined ? {} : { logprob }) };
}

/** Subtle: `Array.isArray` alone does not tell the compiler of lists that are read-only. */
function isList(source: CandidateSource): source is readonly Candidate[] {
  return Array.isArray(source);
}
