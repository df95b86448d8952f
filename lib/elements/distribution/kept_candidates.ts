/** Candidates on their way to a page: checked, without keys that are absent, and with the −∞ that JSON does not have. */
import type { Candidate } from "../../lm/event.ts";

/** Rounding of the sum in a softmax may leave a logprob this much above 0. */
const ROUNDING = 1e-4;

/** @throws {RangeError} naming the candidate whose logprob is none */
export function keepCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map(({ token, logprob, rank, excludedBy, finalLogprob, stageLogprobs, noise }) => {
    checkLogprob(token.text, logprob);
    return {
      token,
      logprob,
      rank,
      ...(excludedBy === undefined ? {} : { excludedBy }),
      ...(finalLogprob === undefined ? {} : { finalLogprob }),
      ...(stageLogprobs === undefined ? {} : { stageLogprobs }),
      ...(noise === undefined ? {} : { noise }),
    };
  });
}

/** @throws {RangeError} when it is not the logarithm of a probability */
export function checkLogprob(of: string, logprob: number): void {
  if (logprob <= ROUNDING) return;
  throw new RangeError(`Cannot show ${JSON.stringify(of)}: its logprob must be a number up to 0, got ${logprob}`);
}

/** What came as null was −∞. */
export function reviveCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map((candidate) => ({
    ...candidate,
    logprob: reviveLogprob(candidate.logprob),
    ...("finalLogprob" in candidate ? { finalLogprob: reviveLogprob(candidate.finalLogprob) } : {}),
  }));
}

export function reviveLogprob(logprob: number | null | undefined): number {
  return logprob ?? -Infinity;
}
