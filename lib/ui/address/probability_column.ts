/** How a column of probabilities is written. */
import { bits, percent, rounded } from "../number_format.ts";

/** The ways in which a column of probabilities is written: per cent, natural logarithm, or surprisal. */
export const NUMBERS = ["p", "logprob", "bits"] as const;
export type Numbers = typeof NUMBERS[number];

/** A probability as its column writes it. @example numberText(Math.log(0.25), "bits") is "2.00" */
export function numberText(logprob: number, numbers: Numbers): string {
  switch (numbers) {
    case "p":
      return percent(logprob);
    case "logprob":
      return rounded(logprob);
    case "bits":
      return bits(-logprob);
  }
}
