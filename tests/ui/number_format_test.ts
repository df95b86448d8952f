import assert from "node:assert/strict";
import { bits, fixed, oneIn, percent, probability } from "../../lib/ui/number_format.ts";

Deno.test("probability() never rounds to a false 0 or 1", () => {
  assert.equal(probability(Math.log(0.4123)), "0.412");
  assert.equal(probability(Math.log(0.99999)), ">0.999");
  assert.equal(probability(0), "1.000");
  assert.equal(probability(Math.log(2e-7)), "2.0e−7");
  assert.equal(probability(-2000), "e^-2000");
  assert.equal(probability(-Infinity), "0");
});

Deno.test("percent() marks what is below and above its last digit", () => {
  assert.equal(percent(Math.log(0.4123)), "41.2");
  assert.equal(percent(Math.log(0.0001)), "<0.1");
  assert.equal(percent(Math.log(0.99999)), ">99.9");
  assert.equal(percent(0), "100.0");
});

Deno.test("bits(), oneIn() and fixed() write missing and infinite values in words", () => {
  assert.equal(bits(Math.LN2), "1.00");
  assert.equal(oneIn(Math.log(0.25)), "1 in 4.0");
  assert.equal(oneIn(Math.log(0.0005)), "1 in 2,000");
  assert.equal(fixed(undefined), "n/a");
  assert.equal(fixed(Infinity), "∞");
});
