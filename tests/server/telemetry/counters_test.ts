/** What a run of several completions adds to the app's numbers. */
import assert from "node:assert/strict";
import { MONOTONIC } from "../../../lib/generators/clock.ts";
import type { Generator } from "../../../lib/generators/generator.ts";
import type { FinishReason } from "../../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../../lib/lm/params.ts";
import { admitted } from "../../../lib/server/admission/admitted.ts";
import { Traffic } from "../../../lib/server/admission/traffic.ts";
import { Counters, RunCount } from "../../../lib/server/telemetry/counters.ts";

const PROMPT = 7;

function ended(reasons: readonly FinishReason[], completions = reasons.length): Counters {
  const counters = new Counters();
  const count = new RunCount(counters, MONOTONIC, completions);
  for (const reason of reasons) count.finished(reason, PROMPT);
  count.close();
  return counters;
}

Deno.test("RunCount counts the prompt of a run once, however many completions it has", () => {
  assert.equal(ended(Array.from({ length: 16 }, () => "stop")).promptTokens, PROMPT);
  assert.equal(ended([], 1).promptTokens, 0);
});

function worst(reasons: readonly FinishReason[], completions?: number): readonly string[] {
  return Object.entries(ended(reasons, completions).outcomes).flatMap(([outcome, count]) =>
    count === 0 ? [] : [outcome]
  );
}

Deno.test("RunCount tells a run that was left before all of its completions ended as cancelled, or worse", () => {
  assert.deepEqual(worst([], 1), ["cancelled"]);
  assert.deepEqual(worst(["stop", "length"], 3), ["cancelled"]);
  assert.deepEqual(worst(["incomplete"], 2), ["incomplete"]);
});

Deno.test("RunCount tells the worst ending of a run's completions, whichever came last", () => {
  for (const reasons of [["stop", "length"], ["content_filter"]] as const) {
    assert.deepEqual(worst(reasons), ["completed"]);
  }
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

Deno.test("a run of two completions that its client leaves after the first has ended is cancelled", async () => {
  const usage = { promptTokens: PROMPT, completionTokens: 0 };
  const generator: Generator = {
    facts: { device: "test" },
    async *generate() {
      for (const sequence of [0, 1]) {
        yield await Promise.resolve({ type: "finish", sequence, reason: "stop", text: "", usage });
      }
    },
    close: () => Promise.resolve(),
  };
  const request = { prompt: "", path: [], top: 0, params: { ...DEFAULT_PARAMS, n: 2 } };
  for (const [read, outcome] of [[1, "cancelled"], [2, "completed"]] as const) {
    const traffic = new Traffic({});
    const use = { traffic, lanes: undefined, client: "a", name: "two" };
    const events = admitted(generator, use).generate(request);
    for (let count = 0; count < read; count++) await events.next();
    await events.return();
    assert.equal(traffic.counters.outcomes[outcome], 1, `${read} read`);
  }
});
