/** The list of candidates at a place, as pages of it come. */
import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Candidate, Step } from "../../../lib/lm/event.ts";
import type { NextToken } from "../../../lib/lm/next.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { type NextTokenScreen, WHOLE_VIEW } from "../../../lib/ui/address/next_token_screen.ts";
import { passedOver } from "../../../lib/ui/inspector/passed_over.ts";
import { type StepPlace, useStepPlace } from "../../../lib/ui/next_token/use_step_place.ts";

/** A token of that rank; `finalLogprob` falls with it. */
function candidate(rank: number): Candidate {
  const token = { id: 1000 + rank, text: `r${rank}`, bytes: [] };
  return { token, rank, logprob: -rank, finalLogprob: -rank, noise: 0 };
}

/** An answer with the candidates of these ranks, where the third was drawn. */
function answer(ranks: readonly number[]): NextToken {
  const { token } = candidate(3);
  const draw = { kind: "gumbel", noise: 0, finalLogprob: -3 } as const;
  const step: Step = { sequence: 0, position: 0, token, top: ranks.map(candidate), processors: [], draw };
  return { path: [], isEnded: false, step, offset: 0 };
}

function ranks(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function placeAt(next: NextToken, from: number): StepPlace {
  const screen = { params: DEFAULT_PARAMS, numbers: "p" } as NextTokenScreen["screen"];
  let place: StepPlace | undefined;
  renderToString(h(() => {
    place = useStepPlace({ screen, path: [], view: { ...WHOLE_VIEW, from }, next, problem: undefined });
    return null;
  }, {}));
  assert.ok(place !== undefined);
  return place;
}

Deno.test("useStepPlace() keeps the most probable tokens in its step when more are shown", () => {
  const place = placeAt(answer(ranks(1, 50)), 0);
  place.showMore(answer([3, ...ranks(51, 100)]));
  const top = place.next.value?.step.top.map(({ rank }) => rank);
  assert.deepEqual(top, ranks(1, 100));
  assert.deepEqual(place.candidates.value.map(({ rank }) => rank), top);
  assert.match(place.next.value === undefined ? "" : passedOver(place.next.value.step) ?? "", /^over r1,/);
});

Deno.test("passedOver() says nothing where the most probable token is not known", () => {
  assert.equal(passedOver(answer([3, ...ranks(51, 100)]).step), undefined);
});

Deno.test("useStepPlace() shows a list from the rank that was asked for", () => {
  const place = placeAt(answer(ranks(1, 50)), 0);
  place.show({ ...answer([3, ...ranks(51, 100)]), offset: 50 });
  assert.deepEqual([place.from.value, place.loaded.value], [50, 100]);
  place.show(answer(ranks(1, 50)));
  assert.deepEqual([place.from.value, place.loaded.value], [0, 50]);
});
