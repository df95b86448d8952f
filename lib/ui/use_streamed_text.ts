import { useRef } from "preact/hooks";
import { Detokenizer } from "../lm/detokenize.ts";
import type { Step } from "../lm/event.ts";

/** The text of steps that come one after the other; each token is read once, however often the page is drawn meanwhile. */
export function useStreamedText(steps: readonly Step[]): string {
  const read = useRef({ count: 0, first: steps[0], detokenizer: new Detokenizer(), text: "" });
  if (steps.length < read.current.count || steps[0] !== read.current.first) {
    read.current = { count: 0, first: steps[0], detokenizer: new Detokenizer(), text: "" };
  }
  const so = read.current;
  for (const { token } of steps.slice(so.count)) so.text += so.detokenizer.push(token);
  so.count = steps.length;
  return so.text;
}
