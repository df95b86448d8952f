/** What the inspector and the X-ray write of a token: how lucky its draw was, what fields add to it. */
import { bits, count } from "../number_format.ts";

/** Nats as bits with their sign: +1.28, −0.50. */
export function signedBits(nats: number): string {
  return `${nats < 0 ? "−" : "+"}${bits(Math.abs(nats))}`;
}

/** The luck of a draw: 1 in 2.2. */
export function oneIn(logprob: number): string {
  const odds = Math.exp(-logprob);
  return `1 in ${odds < 100 ? odds.toFixed(1) : count(odds)}`;
}
