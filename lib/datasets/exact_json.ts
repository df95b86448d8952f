/** JSON whose numbers keep all of their digits. */

/** A number of fewer digits is exact. */
const MANY_DIGITS = /\d{16}/;

/**
 * Whole numbers that a number does not hold exactly are texts, as Parquet's are.
 * @throws {SyntaxError} for what is no JSON
 * @example parseExactly('[1, 9007199254740993]') is [1, "9007199254740993"]
 */
export function parseExactly(text: string): unknown {
  return MANY_DIGITS.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
}

function exactly(_: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
  const isInexact = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  return isInexact ? source : value;
}
