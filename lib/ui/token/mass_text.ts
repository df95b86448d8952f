import type { Interval } from "../../lm/evidence.ts";
import { percent } from "../number_format.ts";

/** The probability of what is not shown, in per cent: one number where rounding is all that the bounds differ by. */
export function massText({ low, high = 1 }: Interval): string {
  const from = percent(Math.log(low)), to = percent(Math.log(high));
  return from === to ? to : `${from}–${to}`;
}
