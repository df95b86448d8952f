/** How a column of probabilities is written. */
import { percent } from "../number_format.ts";

/** The ways in which a column of probabilities is written: per cent, natural logarithm, or surprisal. */
export const NUMBERS = ["p", "logprob", "bits"] as const;
export type Numbers = typeof NUMBERS[number];

/** A probability as its column writes it. @example numberText(Math.log(0.25), "bits") is "2.00" */
export function numberText(logprob: number, numbers: Numbers): string {
  switch (numbers) {
    case "p":
      return percent(logprob);
    case "logprob":
      return logprob === 0 ? "0.00" : `−${magnitude(-logprob)}`;
    case "bits":
      return magnitude(-logprob / Math.LN2);
  }
}

/** One that is not 0 never reads as 0. */
function magnitude(value: number): string {
  if (!Number.isFinite(value)) return "∞";
  const isTiny = value > 0 && value < 0.005;
  return isTiny ? value.toExponential(0).replace("e-", "e−") : value.toFixed(2);
}
