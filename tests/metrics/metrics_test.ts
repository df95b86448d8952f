import assert from "node:assert/strict";
import { exactMatch } from "../../lib/metrics/exact_match.ts";
import { f1 } from "../../lib/metrics/f1.ts";
import type { Metric } from "../../lib/metrics/metric.ts";
import { perplexity } from "../../lib/metrics/perplexity.ts";

function compute(metric: Metric, completion: string, target: string): number | undefined {
  return metric.kind === "text" ? metric.compute(completion, target) : undefined;
}

Deno.test("f1 counts words as SQuAD does", () => {
  const cases: readonly [string, string, number][] = [
    ["the cat sat", "a cat ran", 0.5],
    ["", "", 1],
    ["", "cat", 0],
    ["The Cat!", "cat", 1],
    ["cat cat", "cat", 2 / 3],
    ["Ährenfeld, 5", "ährenfeld 5", 1],
    ["día", "dí", 0],
    ["the día", "día", 1],
  ];
  for (const [completion, target, wanted] of cases) {
    assert.ok(Math.abs((compute(f1, completion, target) ?? -1) - wanted) < 1e-12, `${completion} | ${target}`);
  }
});

Deno.test("exactMatch ignores white space around, and nothing else", () => {
  assert.equal(compute(exactMatch, " a b\n", "a b"), 1);
  assert.equal(compute(exactMatch, "A b", "a b"), 0);
});

Deno.test("perplexity is exp of the mean surprisal, and nothing without tokens", () => {
  assert.ok(perplexity.kind === "logprobs");
  assert.ok(Math.abs((perplexity.compute([Math.log(0.5), Math.log(0.25)]) ?? 0) - 2 * Math.SQRT2) < 1e-12);
  assert.equal(perplexity.compute([]), undefined);
});
