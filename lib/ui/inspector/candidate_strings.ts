/** The sentences of the tables of candidates, which pages load when a token is opened. */
export const CANDIDATE_STRINGS = {
  atRank: (rank: string) => `rank ${rank}`,
  continueWith: (token: string) => `Go on with ${token} in its place`,
  candidate: "candidate",
  raw: "raw %",
  final: "final %",
  noise: "noise",
  rest: (count: string) => `rest, ${count} tokens`,
  excludedBy: (processor: string) => `removed by ${processor}`,
  drawExplained: "Each candidate's final logprob plus its noise; the largest sum was drawn.",
  forcedExplained:
    "Each candidate's final logprob plus its noise; the token was chosen by hand, whatever the sums are.",
  restUncounted: "rest",
} as const;
