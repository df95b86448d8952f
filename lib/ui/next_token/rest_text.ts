import type { Interval } from "../../lm/evidence.ts";
import { type Numbers, numberText } from "../address/probability_column.ts";

/**
 * The probability of what is not shown, as its column writes it: one number where rounding is all that the bounds differ
 * by. The number that is less comes first.
 * @example restText({ low: 0.25, high: 0.5 }, "bits") is "1.00–2.00"
 */
export function restText({ low, high = 1 }: Interval, numbers: Numbers): string {
  const bounds = [low, high].map((mass) => numberText(Math.log(mass), numbers));
  const [from, to] = numbers === "bits" ? bounds.toReversed() : bounds;
  // A dash would be read as one more sign.
  return from === to ? `${to}` : [from, to].join(numbers === "logprob" ? "…" : "–");
}
