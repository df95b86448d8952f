/** From here down e^x is 0 in 64 bits. */
export const VANISHING = -746;

const PARTS = 1024;

/** e^−n for whole n, and e^(−n/1024) for the parts between. */
const WHOLE = Float64Array.from({ length: 1 - VANISHING }, (_, n) => Math.exp(-n));
const PART = Float64Array.from({ length: PARTS }, (_, n) => Math.exp(-n / PARTS));

/**
 * e^x for x from `VANISHING` to 0, to a relative error of 2e-10; the last bit of a float32 logit makes 1e-7 and more of a
 * difference. A step takes one for each token of the vocabulary, for which `Math.exp` takes four times as long.
 *
 * Of −x the whole part and n/1024 come from tables, and r > −1/1024 is left: e^r = 1 + r + r²/2, but for r³/6.
 */
export function exponential(x: number): number {
  const n = (x * -PARTS) | 0;
  const r = x + n / PARTS;
  return (WHOLE[n >> 10] ?? 0) * (PART[n & (PARTS - 1)] ?? 0) * (1 + r + r * r / 2);
}
