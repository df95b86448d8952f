/** How many completions are asked for at once, in the server's bounds: pages make room for each before it can refuse. */
import type { Problem } from "../../lm/event.ts";
import { PARAM_RANGES } from "../../lm/params.ts";
import { PARAM_STRINGS as TEXT } from "./param_strings.ts";

const { min, max } = PARAM_RANGES.n;

/** How many completions room is made for; a request that asks for another number is refused. */
export function heldCount(n: number): number {
  return Math.min(Math.max(Math.trunc(n), min), max);
}

/** Why no request may ask for `n` completions; undefined where it may. */
export function countProblem(n: number): Problem | undefined {
  if (heldCount(n) === n) return undefined;
  return {
    type: "about:blank",
    title: TEXT.notAsked,
    status: 0,
    id: "",
    detail: TEXT.wrongCount(n, min, max),
    field: "params.n",
  };
}
