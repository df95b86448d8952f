import assert from "node:assert/strict";
import type { Completion } from "../../../lib/ui/generation/generation_state.ts";
import { runSummary } from "../../../lib/ui/generation/run_summary.ts";

function completion(text: string, metrics: Completion["metrics"], reason: Completion["reason"] = "stop"): Completion {
  return { id: text, steps: [], text, metrics, reason };
}

Deno.test("runSummary() counts the texts, and gives each metric's mean and ends", () => {
  const run = [
    completion("a", { EM: 1, ppl: 1.5 }),
    completion("b", { EM: 0, ppl: 4 }),
    completion("a", { EM: 1, ppl: 2 }),
  ];
  assert.equal(
    runSummary(run, ["EM", "ppl"]),
    "3 completions, 2 different texts · EM mean 0.67, 0.00 to 1.00 · ppl mean 2.50, 1.50 to 4.00",
  );
});

Deno.test("runSummary() leaves out what was cut off, metrics that not all have, and says nothing of one alone", () => {
  const cut = completion("c", {}, "cancelled");
  assert.equal(runSummary([completion("a", { EM: 1 }), cut], ["EM"]), "");
  const run = [completion("a", { EM: 1 }), completion("a", {}), cut];
  assert.equal(runSummary(run, ["EM"]), "2 completions, 1 text");
  assert.equal(
    runSummary([completion("a", { EM: 0 }), completion("b", { EM: 0 })], ["EM"]),
    "2 completions, 2 different texts · EM 0.00 in all",
  );
  assert.equal(
    runSummary([completion("a", { p: Infinity }), completion("b", { p: 1 })], ["p"]),
    "2 completions, 2 different texts · p mean ∞, 1.00 to ∞",
  );
});
