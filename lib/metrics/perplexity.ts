import { perplexity as perplexityOf } from "../lm/score.ts";
import type { Metric } from "./metric.ts";

/** exp(mean −logprob) over the tokens, from the raw distribution. */
export const perplexity: Metric = {
  kind: "logprobs",
  description: "exp of the mean surprisal, from the raw distribution",
  compute: (logprobs) => perplexityOf(logprobs),
};
