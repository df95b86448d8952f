import { decimal } from "./number_format.ts";

/** Numbers at even distances, with as many digits as tell them apart: 0.95, 1.00, 1.05. */
export function axisTexts(values: readonly number[]): readonly string[] {
  const [first = 0, second = first] = values;
  const step = Math.abs(second - first);
  const isPlain = step >= 1e-4 && values.every((value) => Math.abs(value) < 1e9);
  if (!isPlain) return values.map(decimal);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const format = new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return values.map((value) => format.format(value));
}
