import assert from "node:assert/strict";
import fc from "fast-check";
import { entropyBounds, unseenMass } from "../../lib/lm/evidence.ts";

const weights = fc.array(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 60 });

function entropy(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0);
}

Deno.test("unseenMass() and entropyBounds() hold the truth for every truncated distribution, rounded as a server does", () => {
  fc.assert(
    fc.property(weights, fc.nat(), fc.boolean(), (raw, cut, isRounded) => {
      const total = raw.reduce((sum, weight) => sum + weight, 0);
      const sorted = raw.map((weight) => weight / total).toSorted((one, other) => other - one);
      const count = 1 + cut % sorted.length;
      const seen = sorted.slice(0, count).map((p) => isRounded ? Math.fround(Math.log(p)) : Math.log(p));
      const rest = sorted.slice(count).reduce((sum, p) => sum + p, 0);
      const mass = unseenMass(seen);
      assert.ok(mass.low <= rest && rest <= mass.high, `${rest} in ${JSON.stringify(mass)}`);
      const truth = entropy(sorted);
      const open = entropyBounds(seen, seen.at(-1) ?? 0);
      const closed = entropyBounds(seen, seen.at(-1) ?? 0, sorted.length);
      assert.ok(open.low <= truth + 1e-9 && truth <= (open.high ?? Infinity) + 1e-9);
      assert.ok(
        closed.low <= truth + 1e-9 && truth <= (closed.high ?? NaN) + 1e-9,
        `${truth} ${JSON.stringify(closed)}`,
      );
    }),
    { numRuns: 5000 },
  );
});

Deno.test("entropyBounds() is tight where the rest is one token, and where it is even", () => {
  const half = entropyBounds([Math.log(0.5)], Math.log(0.5), 3);
  assert.ok(Math.abs(half.low - Math.LN2) < 1e-5, "the other half is one token");
  assert.ok(Math.abs((half.high ?? 0) - entropy([0.5, 0.25, 0.25])) < 1e-5, "the other half is two even ones");
  assert.equal(entropyBounds([Math.log(0.5)], Math.log(0.5)).high, undefined);
});
