import { useRef } from "preact/hooks";
import type { NextToken } from "../../lm/next.ts";
import { probability } from "../number_format.ts";
import { displayToken, tokenName } from "../token/token_display.ts";
import { NEXT_TOKEN_STRINGS as TEXT } from "./next_token_strings.ts";

interface StepAnnouncerProps {
  /** The last answer; undefined until there is one. */
  readonly next: NextToken | undefined;
}

/** Tells a screen reader where each step has led, however it was taken; nothing of the place that was opened. */
export function StepAnnouncer({ next }: StepAnnouncerProps) {
  const last = useRef<{ readonly path: string | undefined; readonly said: string }>({ path: undefined, said: "" });
  if (next !== undefined) {
    const { path: before, said } = last.current;
    const path = next.path.map(({ id }) => id).join();
    // What was said stays until the next step: other params or a longer list lead nowhere else.
    last.current = { path, said: before === undefined || before === path ? said : stepText(next) };
  }
  return <p role="status" class="sr-only">{last.current.said}</p>;
}

/** @example "Token 2 is ‹ sat›. Most probable next: ‹ on›, p 0.310." */
function stepText({ path, step, isEnded }: NextToken): string {
  const token = path.at(-1), best = step.top.find(({ rank }) => rank === 1);
  return [
    token === undefined ? TEXT.toldPrompt : TEXT.toldStep(path.length, tokenName(displayToken(token))),
    isEnded ? TEXT.toldEnd : undefined,
    best && TEXT.toldBest(tokenName(displayToken(best.token)), probability(best.logprob)),
  ].filter((sentence) => sentence !== undefined).join(" ");
}
