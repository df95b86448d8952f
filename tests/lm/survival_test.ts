import assert from "node:assert/strict";
import fc from "fast-check";
import { PROCESSORS } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../lib/lm/params.ts";
import { Sampler } from "../../lib/lm/sample.ts";
import { survives } from "../../lib/lm/survival.ts";

const SIZE = 24;
const sampler = new Sampler(SIZE);

function take(logits: readonly number[], params: SamplingParams, top: number) {
  return sampler.step(Float32Array.from(logits), params, {
    sequence: 1,
    position: 2,
    seen: { prompt: new Set(), completion: new Map() },
    top,
    token: (id) => ({ id, text: String(id), bytes: [] }),
  });
}

/** Steps of a hundredth, no two alike: what is nearer than float32 can tell is not what this is about. */
const logits = fc.uniqueArray(fc.integer({ min: -600, max: 600 }), { minLength: SIZE, maxLength: SIZE })
  .map((values) => values.map((value) => value / 100));
const params = fc.record({
  temperature: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0.1, max: 2, noNaN: true })),
  topK: fc.integer({ min: 0, max: SIZE }),
  topP: fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 1, noNaN: true })),
  minP: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.5, noNaN: true })),
  seed: fc.integer({ min: 0, max: 50 }),
  order: fc.oneof(fc.constant(PROCESSORS), fc.shuffledSubarray([...PROCESSORS], { minLength: PROCESSORS.length })),
}).map((some): SamplingParams => ({ ...DEFAULT_PARAMS, ...some }));

/** Whether the sum that top_p looks at is the whole one: min_p before it takes from it what a step does not tell. */
function isSettled({ order, topP, minP }: SamplingParams): boolean {
  return topP === 1 || minP === 0 || order.indexOf("top_p") < order.indexOf("min_p");
}

Deno.test("survives() agrees with taking the step again, and is only unknown where the rest could matter", () => {
  let known = 0, all = 0;
  fc.assert(
    fc.property(logits, params, params, fc.integer({ min: 1, max: SIZE }), (values, ran, next, top) => {
      const step = take(values, ran, top);
      const verdict = survives(step, next);
      const again = take(values, next, top);
      all++;
      if (verdict.kind === "unknown") {
        assert.ok(top < SIZE || !isSettled(next), "with the whole vocabulary at hand nothing is unknown");
        return;
      }
      known++;
      assert.equal(verdict.kind === "kept", again.token.id === step.token.id, JSON.stringify(verdict));
      if (verdict.kind === "lost" && verdict.to !== undefined) assert.equal(verdict.to.token.id, again.token.id);
      if (verdict.kind === "excluded") {
        const excludedBy = take(values, next, SIZE).top.find(({ token }) => token.id === step.token.id)?.excludedBy;
        assert.equal(excludedBy, verdict.by);
      }
    }),
    { numRuns: 20_000, seed: 7 },
  );
  assert.ok(known > all / 3, `${known} of ${all} verdicts are known`);
});

Deno.test("survives() counts no more of the rest than top_k lets in", () => {
  fc.assert(
    fc.property(logits, params, params, fc.integer({ min: 1, max: SIZE - 2 }), (values, ran, some, top) => {
      const next = { ...some, topK: top + 1 + (some.topK % (SIZE - top)), topP: Math.min(some.topP, 0.95) };
      const step = take(values, ran, top);
      const verdict = survives(step, next);
      if (verdict.kind === "unknown") return;
      const again = take(values, next, SIZE);
      assert.equal(verdict.kind === "kept", again.token.id === step.token.id, JSON.stringify(verdict));
      const excludedBy = again.top.find(({ token }) => token.id === step.token.id)?.excludedBy;
      if (verdict.kind === "excluded") assert.equal(excludedBy, verdict.by);
      if (verdict.kind === "lost" && next.temperature > 0) assert.equal(excludedBy, undefined);
    }),
    { numRuns: 20_000, seed: 17 },
  );
});

Deno.test("survives() keeps every token under the params of the run itself when all candidates are shown", () => {
  fc.assert(
    fc.property(logits, params.filter(isSettled), (values, ran) => {
      assert.equal(survives(take(values, ran, SIZE), ran).kind, "kept");
    }),
    { seed: 8 },
  );
});

Deno.test("survives() does not guess about penalties and biases", () => {
  const step = take(Array.from({ length: SIZE }, (_, id) => id / 4), DEFAULT_PARAMS, 5);
  for (const editing of [{ repetitionPenalty: 1.2 }, { presencePenalty: 0.5 }, { logitBias: { 3: 1 } }]) {
    assert.equal(survives(step, { ...DEFAULT_PARAMS, ...editing }).kind, "unknown");
  }
});
