import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Step } from "../../../lib/lm/event.ts";
import { ConfidenceLine } from "../../../lib/ui/chat/ConfidenceLine.tsx";

function step(position: number, probability?: number): Step {
  return {
    sequence: 0,
    position,
    token: { id: position, text: "a", bytes: [97] },
    ...(probability === undefined ? {} : { logprob: Math.log(probability) }),
    top: [],
    processors: [],
    draw: { kind: "remote" },
  };
}

function nameOf(steps: readonly Step[]): string | undefined {
  return /aria-label="([^"]*)"/.exec(renderToString(h(ConfidenceLine, { steps })))?.[1];
}

Deno.test("ConfidenceLine counts tokens without a logprob where it says which one is the least probable", () => {
  const all = [step(0, 0.5), step(1, 0.25), step(2, 0.75)];
  assert.equal(nameOf(all), "Probability of each token: the lowest is 0.250, at token 2");
  const branch = [step(0), step(1), step(2, 0.5), step(3, 0.125), step(4, 0.75)];
  assert.equal(nameOf(branch), "Probability of each token: the lowest is 0.125, at token 4");
  assert.equal(nameOf([step(0), step(1, 0.5)]), undefined, "one bar is no line");
});
