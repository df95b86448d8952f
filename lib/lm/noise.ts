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

/** Mixes a word into a hash: multiply, xor, and the finaliser of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, word: number): number {
  let x = Math.imul(hash ^ Math.imul(word, 0xcc9e2d51), 0x9e3779b1) ^ (hash >>> 15);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
