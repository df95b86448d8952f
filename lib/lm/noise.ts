/**
 * Gumbel noise by counter: the same (seed, sequence, position, token id) always gives the same noise, wherever it is
 * computed. argmax(logprob + noise) is a draw from the distribution (Gumbel 1954; Maddison et al., "A* sampling", 2014).
 */

/** Noise of one candidate at one position. @example gumbel(1, 0, 0, 5) === gumbel(1, 0, 0, 5) */
export function gumbel(seed: number, sequence: number, position: number, tokenId: number): number {
  return gumbelAt(streamKey(seed, sequence, position), tokenId);
}

/** What all candidates of one position share; compute it once a step. */
export function streamKey(seed: number, sequence: number, position: number): readonly [number, number] {
  const a = mix(mix(mix(seed >>> 0, 0x9e3779b9), sequence + 1), position + 1);
  const b = mix(mix(mix(~seed >>> 0, 0x85ebca6b), position + 1), sequence + 1);
  return [a, b];
}

/** Noise of a token id under a `streamKey`. */
export function gumbelAt([a, b]: readonly [number, number], tokenId: number): number {
  const high = mix(a, tokenId) >>> 5; // 27 bits
  const low = mix(b, tokenId) >>> 7; // 25 bits
  // Subtle: the half keeps the uniform number off 0 and 1, where the noise would be infinite; with 52 bits it is exact.
  const uniform = (high * 0x2000000 + low + 0.5) / 0x10000000000000;
  return -Math.log(-Math.log(uniform));
}

/**
 * The id with the largest logprob plus noise: a draw from the distribution (Gumbel-max). Of equals the lower id.
 *
 * Noise is computed only where it could win: it grows with its uniform number, so the first bits of that tell of almost
 * every id that it cannot.
 */
export function drawn({ logits, logNormalizer, mode }: Drawable, key: readonly [number, number]): number {
  const [first] = key;
  const logprobOf = (id: number) => Math.fround((logits[id] ?? -Infinity) - logNormalizer);
  let chosen = mode;
  let best = logprobOf(chosen) + gumbelAt(key, chosen);
  for (let id = 0; id < logits.length; id++) {
    const logprob = logprobOf(id);
    const missing = best - logprob;
    if (missing >= LARGEST || (missing > 0 && mix(first, id) >>> 5 < (LEAST[(missing * PER_NAT) | 0] ?? 0))) continue;
    const sum = logprob + gumbelAt(key, id);
    if (sum > best || (sum === best && id < chosen)) [best, chosen] = [sum, id];
  }
  return chosen;
}

/** Whether the noise of any id below `count` is above a bound; ids in `except` are left out. */
export function noiseExceeds(
  key: readonly [number, number],
  bound: number,
  count: number,
  except: ReadonlySet<number>,
): boolean {
  if (bound >= LARGEST) return false;
  const [first] = key;
  const least = bound > 0 ? LEAST[(bound * PER_NAT) | 0] ?? 0 : 0;
  for (let id = 0; id < count; id++) {
    if (mix(first, id) >>> 5 >= least && !except.has(id) && gumbelAt(key, id) > bound) return true;
  }
  return false;
}

interface Drawable {
  readonly logits: Float32Array;
  /** A logit is its logprob plus this. */
  readonly logNormalizer: number;
  /** The most probable id. */
  readonly mode: number;
}

const PER_NAT = 16;

/** No noise is as large as this: −log(−log(1 − 2⁻⁵³)) is below 37. */
const LARGEST = 37;

/** Sixteenths of a nat → the least that the first 27 bits of a uniform number are where the noise is at least that. */
const LEAST = Int32Array.from(
  { length: LARGEST * PER_NAT },
  // Subtle: one less, so that rounding never keeps out a winner.
  (_, index) => Math.floor(Math.exp(-Math.exp(-index / PER_NAT)) * 2 ** 27) - 1,
);

/** Mixes a word into a hash: multiply, xor, and the finaliser of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, word: number): number {
  let x = Math.imul(hash ^ Math.imul(word, 0xcc9e2d51), 0x9e3779b1) ^ (hash >>> 15);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
