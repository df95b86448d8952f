/** What the inspector and the X-ray write of a token: how lucky its draw was, what fields add to it. */
import { bits, count } from "../number_format.ts";

/** Nats as bits with their sign: +1.28, −0.50. */
export function signedBits(nats: number): string {
  return nats >= 0 ? `+${bits(nats)}` : bits(nats);
}

/** The luck of a draw: 1 in 2.2; of one that is all but certain 1 in 1.03, or 1 in <1.01. */
export function oneIn(logprob: number): string {
  const odds = Math.exp(-logprob);
  if (odds > 1 && odds < 1.005) return "1 in <1.01";
  return `1 in ${odds < 100 ? odds.toFixed(odds > 1 && odds < 1.05 ? 2 : 1) : count(odds)}`;
}
