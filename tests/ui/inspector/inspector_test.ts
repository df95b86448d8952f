/** What the inspector says of the place that a token stands in. */
import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Step } from "../../../lib/lm/event.ts";
import { findInspected } from "../../../lib/ui/generation/GenerationView.tsx";
import { type Completion, IDLE } from "../../../lib/ui/generation/generation_state.ts";
import { Inspector } from "../../../lib/ui/inspector/Inspector.tsx";

/** A step that fell by the dice of the first completion. */
const STEP: Step = {
  sequence: 0,
  position: 4,
  token: { id: 1, text: "a", bytes: [97] },
  top: [],
  processors: [],
  draw: { kind: "greedy" },
};

Deno.test("Inspector names the row in which a branch stands, not the completion whose dice it has", () => {
  const row = { id: "x", steps: [STEP], metrics: {} } as unknown as Completion;
  const inspected = findInspected({
    run: { ...IDLE, completions: [row, row, row] },
    selection: { kind: "step", sequence: 2, position: 0 },
    scored: undefined,
    lookedAtBy: undefined,
    promptIds: undefined,
    whatIf: undefined,
  });
  assert.ok(inspected !== undefined);
  assert.match(renderToString(h(Inspector, { inspected, onClose: () => {} })), />Completion 3 · token 5</);
});

Deno.test("Inspector tells which token a lucky draw passed over", () => {
  const likely = {
    token: { id: 2, text: "b", bytes: [98] },
    rank: 1,
    logprob: -0.1,
    finalLogprob: Math.log(0.75),
    noise: 0,
  };
  const drawn = { token: STEP.token, rank: 2, logprob: -2, finalLogprob: Math.log(0.25), noise: 3 };
  const step: Step = {
    ...STEP,
    top: [likely, drawn],
    draw: { kind: "gumbel", noise: 3, finalLogprob: Math.log(0.25) },
  };
  const textOf = (step: Step) =>
    renderToString(h(Inspector, { inspected: { kind: "step", step, survival: undefined }, onClose: () => {} }));
  assert.match(textOf(step), />1 in 4\.0<.*>over b, p 0\.75/);
  assert.doesNotMatch(textOf({ ...step, token: likely.token }), />over /);
  const bias = { name: "logit_bias", removed: 0, removedMass: 0, kept: 9 } as const;
  const others = { ...step, restCount: 7, restFinalLogprob: Math.log(0.8), processors: [bias] };
  assert.doesNotMatch(textOf(others), />over /, "one that is not listed may be likelier");
  assert.match(textOf({ ...others, processors: [] }), />over b/, "none can be, in the order of the raw probabilities");
});
