/** How a token is coloured: five even steps, none where the model was sure, strongest where it was least sure. */

export const COLOURINGS = ["p", "entropy", "rank", "none"] as const;
export type Colouring = typeof COLOURINGS[number];

export type Heat = 0 | 1 | 2 | 3 | 4;

/** Smallest probability, largest entropy (bits) and largest rank of the heat steps 0 to 3. */
const PROBABILITY = [0.9, 0.6, 0.3, 0.1] as const;
const ENTROPY_BITS = [0.5, 1.5, 2.5, 4] as const;
const RANK = [1, 2, 5, 10] as const;

interface Measured {
  readonly logprob?: number | undefined;
  readonly entropyNats?: number | undefined;
  readonly rank?: number | undefined;
}

/** @example heat({ logprob: Math.log(0.5), entropyNats: 1, rank: 1 }, "p") is 2 */
export function heat(measured: Measured, colouring: Colouring): Heat {
  const { logprob, entropyNats = 0, rank = 1 } = measured;
  // A token without numbers is not coloured.
  if (logprob === undefined) return 0;
  const probability = Math.exp(logprob);
  const entropyBits = entropyNats / Math.LN2;
  switch (colouring) {
    case "p":
      return firstStep(PROBABILITY, (bound) => probability >= bound);
    case "entropy":
      return firstStep(ENTROPY_BITS, (bound) => entropyBits <= bound);
    case "rank":
      return firstStep(RANK, (bound) => rank <= bound);
    case "none":
      return 0;
  }
}

/** What the two ends of the legend stand for. */
export const HEAT_ENDS: Readonly<Record<Exclude<Colouring, "none">, readonly [low: string, high: string]>> = {
  p: ["p 1", "0"],
  entropy: ["0 bits", "4+"],
  rank: ["rank 1", "10+"],
};

function firstStep(bounds: readonly [number, number, number, number], holds: (bound: number) => boolean): Heat {
  if (holds(bounds[0])) return 0;
  if (holds(bounds[1])) return 1;
  if (holds(bounds[2])) return 2;
  return holds(bounds[3]) ? 3 : 4;
}
