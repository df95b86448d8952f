/** A measure as text, as a metric's value. */
import { MISSING, rounded } from "./number_format.ts";

/** To two digits, or as many as are said. Neither one that is not 0 reads as 0, nor one below 1 as 1: 0.41, −3e−4, 0.9996. */
export function fixed(value: number | undefined, digits = 2): string {
  if (value === undefined) return MISSING;
  const missing = 1 - Math.abs(value), isAlmostOne = missing > 0 && missing <= 0.5 * 10 ** -digits;
  return rounded(value, isAlmostOne ? Math.ceil(-Math.log10(missing)) : digits);
}
