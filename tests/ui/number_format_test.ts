import assert from "node:assert/strict";
import { axisTexts } from "../../lib/ui/axis_texts.ts";
import { bits, decimal, percent, probability } from "../../lib/ui/number_format.ts";
import { fixed } from "../../lib/ui/measure_text.ts";
import { restText } from "../../lib/ui/next_token/rest_text.ts";
import { massText } from "../../lib/ui/token/mass_text.ts";
import { oneIn, signedBits } from "../../lib/ui/token/odds_text.ts";
import { NUMBERS, numberText } from "../../lib/ui/address/probability_column.ts";

Deno.test("probability() never rounds to a false 0 or 1", () => {
  assert.equal(probability(Math.log(0.4123)), "0.412");
  assert.equal(probability(Math.log(0.99999)), ">0.999");
  assert.equal(probability(0), "1.000");
  assert.equal(probability(Math.log(2e-7)), "2.0e−7");
  assert.equal(probability(-2000), "e^-2000");
  assert.equal(probability(-Infinity), "0");
});

Deno.test("percent() tells small numbers apart, and marks what is above its last digit", () => {
  assert.equal(percent(Math.log(0.4123)), "41.2");
  const small = [0.0004, 0.0001, 0.00001, 0.000003, 2e-12].map((probability) => percent(Math.log(probability)));
  assert.deepEqual(small, ["0.04", "0.01", "0.001", "3e−4", "2e−10"]);
  assert.equal(percent(-2000), "<1e−300");
  assert.equal(percent(-Infinity), "0");
  assert.equal(percent(Math.log(0.99999)), ">99.9");
  assert.equal(percent(0), "100.0");
});

Deno.test("bits(), oneIn() and fixed() write missing and infinite values in words", () => {
  assert.equal(bits(Math.LN2), "1.00");
  assert.equal(oneIn(Math.log(0.25)), "1 in 4.0");
  assert.equal(oneIn(Math.log(0.0005)), "1 in 2,000");
  assert.equal(fixed(undefined), "n/a");
  assert.equal(fixed(Infinity), "∞");
  assert.deepEqual([-1.5, -Infinity, 0].map((value) => fixed(value)), ["−1.50", "−∞", "0.00"]);
  assert.deepEqual([NaN, Infinity].map(bits), ["n/a", "∞"]);
  assert.deepEqual([NaN, Infinity, -Infinity].map(signedBits), ["n/a", "+∞", "−∞"]);
});

Deno.test("bits(), signedBits(), fixed() and oneIn() never round to a false 0, nor to a draw without luck", () => {
  assert.deepEqual([0.004, -0.004, 0.005, 0.4].map((value) => fixed(value)), ["4e−3", "−4e−3", "0.01", "0.40"]);
  assert.deepEqual([0.4, 0.04].map((value) => fixed(value, 1)), ["0.4", "4e−2"]);
  assert.deepEqual([0.9996, 0.996, -0.99998, 0.994].map((value) => fixed(value)), [
    "0.9996",
    "0.996",
    "−0.99998",
    "0.99",
  ]);
  assert.deepEqual([1, 1.003].map((value) => fixed(value)), ["1.00", "1.00"]);
  assert.deepEqual([0, 1e-4, -Math.log(0.9999)].map(bits), ["0.00", "1e−4", "1e−4"]);
  assert.deepEqual([0, 0.002, -0.002, -1].map(signedBits), ["+0.00", "+3e−3", "−3e−3", "−1.44"]);
  const lucks = [1, 0.9999, 0.97, 0.9].map((probability) => oneIn(Math.log(probability)));
  assert.deepEqual(lucks, ["1 in 1.0", "1 in <1.01", "1 in 1.03", "1 in 1.1"]);
});

Deno.test("decimal() keeps five digits, and axisTexts() as many as tell the numbers apart", () => {
  assert.deepEqual([0, 1234.56, 0.00012, 12_345.6, -0.5].map(decimal), ["0", "1,234.6", "0.00012", "12,346", "-0.5"]);
  assert.deepEqual([1.5e-7, 2e12].map(decimal), ["1.5e−7", "2e12"]);
  assert.deepEqual(axisTexts([0.95, 1, 1.05]), ["0.95", "1.00", "1.05"]);
  assert.deepEqual(axisTexts([10_000, 10_000.5]), ["10,000.0", "10,000.5"]);
  assert.deepEqual(axisTexts([0, 2e9]), ["0", "2e9"]);
  assert.deepEqual(axisTexts([7]), ["7"]);
});

Deno.test("numberText() writes a column as per cent, logprobs or bits, and nothing above 0 as 0", () => {
  const quarter = Math.log(0.25), almost = Math.log(0.99999);
  assert.deepEqual(NUMBERS.map((numbers) => numberText(quarter, numbers)), ["25.0", "−1.39", "2.00"]);
  assert.deepEqual(NUMBERS.map((numbers) => numberText(almost, numbers)), [">99.9", "−1e−5", "1e−5"]);
  assert.deepEqual(NUMBERS.map((numbers) => numberText(0, numbers)), ["100.0", "0.00", "0.00"]);
  assert.deepEqual(NUMBERS.map((numbers) => numberText(-Infinity, numbers)), ["0", "−∞", "∞"]);
});

Deno.test("restText() writes bounds as their column does, the lesser number first, and one where both read alike", () => {
  const within = (low: number, high?: number) =>
    NUMBERS.map((numbers) => restText({ low, ...(high === undefined ? {} : { high }) }, numbers));
  assert.deepEqual(within(0.25, 0.5), ["25.0–50.0", "−1.39…−0.69", "1.00–2.00"]);
  assert.deepEqual(within(0.25, 0.250001), ["25.0", "−1.39", "2.00"]);
  assert.deepEqual(within(0), ["0–100.0", "−∞…0.00", "0.00–∞"]);
  assert.equal(massText({ low: 0.0003, high: 0.0004 }), "0.03–0.04", "nothing above 0 is 0");
});
