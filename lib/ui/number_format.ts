/** Numbers as text. What is missing says so; nothing is rounded to a false 0 or 1. */

const LOCALE = "en";
const integer = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const fiveDigits = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 5 });

export const MISSING = "n/a";

/** A probability as 0.412; below a thousandth in scientific form; "<1" is never shown as 1.000.
 * @example probability(Math.log(0.4123)) is "0.412" */
export function probability(logprob: number): string {
  const p = Math.exp(logprob);
  if (logprob === -Infinity) return "0";
  if (p < 0.001) return p === 0 ? `e^${Math.round(logprob)}` : p.toExponential(1).replace("e-", "e−");
  if (p > 0.9995 && p < 1) return ">0.999";
  return p.toFixed(3);
}

/** A probability in per cent, one decimal, and one digit of what is small: 41.2, 0.04, 3e−5, >99.9. */
export function percent(logprob: number): string {
  const value = Math.exp(logprob) * 100;
  if (value === 0 && logprob === -Infinity) return "0";
  // Subtle: e^−750 is no number any more, though its logprob is.
  if (value === 0) return "<1e−300";
  if (value < 0.05) return (value < 0.00095 ? value.toExponential(0) : value.toPrecision(1)).replace("e-", "e−");
  if (value > 99.95 && value < 100) return ">99.9";
  return value.toFixed(1);
}

/** Nats as bits: 1.28; what is small by one digit and its exponent. */
export function bits(nats: number): string {
  return rounded(nats / Math.LN2);
}

export function count(value: number): string {
  return integer.format(value);
}

/** A number to five digits, whole from 10,000, by exponent where it is very large or small: 1,234.5; 1.5e−7. */
export function decimal(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    return String(Number(value.toPrecision(4)).toExponential()).replace("e-", "e−").replace("e+", "e");
  }
  return size >= 1e4 ? integer.format(value) : fiveDigits.format(value);
}

/** To two digits, or as many as are said; one that is not 0 never reads as 0: 0.41, −3e−4, ∞. */
export function rounded(value: number, digits = 2): string {
  if (Number.isNaN(value)) return MISSING;
  const size = Math.abs(value), isTiny = size > 0 && size < 0.5 * 10 ** -digits;
  const text = size === Infinity ? "∞" : isTiny ? size.toExponential(0).replace("e-", "e−") : size.toFixed(digits);
  return value < 0 ? `−${text}` : text;
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
