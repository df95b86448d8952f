/** What a run of several completions adds to the app's numbers. */
import assert from "node:assert/strict";
import type { FinishReason } from "../../../lib/lm/event.ts";
import { Counters, RunCount } from "../../../lib/server/telemetry/counters.ts";

const PROMPT = 7;

function ended(reasons: readonly FinishReason[]): Counters {
  const counters = new Counters();
  const count = new RunCount(counters);
  for (const reason of reasons) count.finished(reason, PROMPT);
  count.close();
  return counters;
}

Deno.test("RunCount counts the prompt of a run once, however many completions it has", () => {
  assert.equal(ended(Array.from({ length: 16 }, () => "stop")).promptTokens, PROMPT);
  assert.equal(ended([]).promptTokens, 0);
});

Deno.test("RunCount tells the worst ending of a run's completions, whichever came last", () => {
  const worst = (reasons: readonly FinishReason[]) =>
    Object.entries(ended(reasons).outcomes).flatMap(([outcome, count]) => count === 0 ? [] : [outcome]);
  for (const reasons of [["stop", "length"], ["content_filter"]] as const) {
    assert.deepEqual(worst(reasons), ["completed"]);
  }
  assert.deepEqual(worst([]), ["cancelled"]);
  for (
    const [one, other, outcome] of [
      ["stop", "cancelled", "cancelled"],
      ["cancelled", "incomplete", "incomplete"],
      ["incomplete", "error", "error"],
      ["stop", "error", "error"],
      ["cancelled", "error", "error"],
    ] as const
  ) {
    assert.deepEqual([worst([one, other]), worst([other, one])], [[outcome], [outcome]], `${one}, ${other}`);
  }
});
