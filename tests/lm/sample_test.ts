import assert from "node:assert/strict";
import fc from "fast-check";
import { Distribution } from "../../lib/lm/distribution.ts";
import { exponential, VANISHING } from "../../lib/lm/exponential.ts";
import { at, rankOf, topIds } from "../../lib/lm/logits.ts";
import { drawn, gumbel, streamKey } from "../../lib/lm/noise.ts";
import { type ProcessorName, PROCESSORS } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../lib/lm/params.ts";
import { minP, repetitionPenalty, topK, topP } from "../../lib/lm/processor.ts";
import { NoCandidateError, Sampler } from "../../lib/lm/sample.ts";

const vector = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 60 });

function softmax(values: Float32Array): number[] {
  const max = Math.max(...values);
  const weights = Array.from(values, (value) => Math.exp(value - max));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function step(logits: readonly number[], params: Partial<SamplingParams>, top = logits.length, seen: number[] = []) {
  return new Sampler(logits.length).step(Float32Array.from(logits), { ...DEFAULT_PARAMS, ...params }, {
    sequence: 0,
    position: 0,
    seen: { prompt: new Set(), completion: new Map(seen.map((id) => [id, 1])) },
    top,
    token: (id) => ({ id, text: String(id), bytes: [] }),
  });
}

function distributionOf(logits: Float32Array): Distribution {
  return new Distribution(logits.length).set(logits);
}

function logprobsOf(distribution: Distribution): number[] {
  return Array.from({ length: distribution.logits.length }, (_, id) => distribution.logprob(id));
}

function keptIds(values: Float32Array): number[] {
  return [...values.keys()].filter((id) => at(values, id) > -Infinity);
}

Deno.test("a distribution sums to 1 and has its entropy", () => {
  fc.assert(fc.property(vector, (values) => {
    const distribution = distributionOf(Float32Array.from(values));
    const probabilities = logprobsOf(distribution).map(Math.exp);
    assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
    for (const [id, p] of probabilities.entries()) assert.ok(Math.abs(distribution.probability(id) - p) < 1e-6);
    const expected = softmax(Float32Array.from(values)).reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
    assert.ok(Math.abs(distribution.entropyNats - expected) < 1e-6);
  }));
});

Deno.test("a distribution names the token id whose logit is no number", () => {
  assert.throws(() => distributionOf(Float32Array.of(1, NaN)), /token id 1 is NaN/);
  assert.throws(() => distributionOf(Float32Array.of(Infinity, 1)), /token id 0 is Infinity/);
  assert.throws(() => distributionOf(Float32Array.of(-Infinity)), /every one of them is -Infinity/);
});

Deno.test("Sampler names the processor that leaves no candidate, and does not blame the logits", () => {
  const order = [...PROCESSORS.filter((name) => name !== "logit_bias"), "logit_bias" as const];
  const ban = (...ids: number[]) => Object.fromEntries(ids.map((id) => [id, -Infinity]));
  const cases: readonly Partial<SamplingParams>[] = [
    { temperature: 0, logitBias: ban(0), order },
    { topK: 1, logitBias: ban(0), order },
    { logitBias: ban(0, 1, 2) },
  ];
  for (const params of cases) {
    assert.throws(() => step([3, 2, 1], params), (error) => {
      assert.ok(error instanceof NoCandidateError);
      assert.equal(error.processor, "logit_bias");
      assert.match(error.message, /logit_bias removes every candidate/);
      return true;
    });
  }
  assert.equal(step([3, 2, 1], { temperature: 0, logitBias: ban(0) }).token.id, 1, "in the usual order one is left");
});

Deno.test("drawn() is the candidate with the largest logprob plus noise, whatever it leaves out", () => {
  fc.assert(
    fc.property(vector, fc.nat(1000), fc.nat(500), (values, seed, position) => {
      // Many more candidates than shown, so that most are left out, and a few with no probability at all.
      const wide = Float32Array.from(
        { length: 3000 },
        (_, id) => id % 97 === 0 ? -Infinity : (values[id % values.length] ?? 0) - id / 300,
      );
      const distribution = distributionOf(wide), logprobs = logprobsOf(distribution);
      let best = -Infinity, expected = -1;
      for (const [id, logprob] of logprobs.entries()) {
        const sum = logprob + gumbel(seed, 1, position, id);
        if (sum > best) [best, expected] = [sum, id];
      }
      assert.equal(drawn(distribution, streamKey(seed, 1, position)), expected);
    }),
  );
});

Deno.test("topIds() and rankOf() agree with a full sort, lower ids first among equals", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }), fc.nat(40), (values, k) => {
      const array = Float32Array.from(values);
      const sorted = [...array.keys()].sort((one, other) => at(array, other) - at(array, one) || one - other);
      assert.deepEqual(topIds(array, Math.max(1, k)), sorted.slice(0, Math.max(1, k)));
      for (const [index, id] of sorted.entries()) assert.equal(rankOf(array, id), index + 1);
    }),
  );
});

Deno.test("topIds() gives of very many ids those that a few are taken from, lower ids first among equals", () => {
  const values = Float32Array.from({ length: 5000 }, (_, id) => id % 11 === 0 ? -Infinity : (id * 7919) % 613);
  const sorted = [...values.keys()]
    .sort((one, other) => at(values, one) === at(values, other) ? one - other : at(values, other) - at(values, one));
  for (const count of [1, 50, 1023, 1024, 1025, 4999, 5000, 9000]) {
    assert.deepEqual(topIds(values, count), sorted.slice(0, count), `${count}`);
  }
});

Deno.test("the rest of a distribution is summed where 1 − Σp would lose it", () => {
  const distribution = distributionOf(Float32Array.of(0, -50, -50));
  assert.ok(Math.abs((distribution.restLogprob([0]) ?? 0) - (Math.log(2) - 50)) < 1e-5);
  assert.equal(distribution.restLogprob([0, 1, 2]), undefined);
});

Deno.test("topP() keeps the minimal set that reaches p", () => {
  fc.assert(fc.property(vector, fc.double({ min: 0.001, max: 1, noNaN: true }), (values, p) => {
    const array = Float32Array.from(values);
    const logprobs = Float32Array.from(logprobsOf(distributionOf(array)));
    const sorted = [...array.keys()].sort((one, other) => at(array, other) - at(array, one) || one - other);
    topP(array, p, distributionOf(array));
    const kept = keptIds(array);
    assert.deepEqual([...kept].sort((a, b) => a - b), sorted.slice(0, kept.length).sort((a, b) => a - b));
    const masses = sorted.map((id) => Math.exp(at(logprobs, id)));
    const mass = masses.slice(0, kept.length).reduce((sum, weight) => sum + weight, 0);
    assert.ok(mass >= p - 1e-6 || kept.length === values.length, `${mass} reaches ${p}`);
    assert.ok(mass - (masses[kept.length - 1] ?? 0) < p + 1e-6, "one less would not reach it");
  }));
});

Deno.test("topP() keeps at least one candidate when p is tiny", () => {
  const array = Float32Array.of(0, 0, 0);
  topP(array, 1e-9, distributionOf(array));
  assert.deepEqual(keptIds(array), [0]);
});

Deno.test("topK() and minP() agree with their definitions", () => {
  const values = Float32Array.of(Math.log(0.6), Math.log(0.3), Math.log(0.1));
  const first = values.slice(), second = values.slice();
  topK(first, 2);
  assert.deepEqual(keptIds(first), [0, 1]);
  minP(second, 0.4, distributionOf(second));
  assert.deepEqual(keptIds(second), [0, 1]);
  assert.throws(() => topK(first, 0), /top_k/);
  assert.throws(() => topP(first, 0, distributionOf(second)), /top_p as it must be in \(0, 1\]: current value is 0/);
});

Deno.test("repetitionPenalty() divides positive and multiplies negative logits of seen tokens, once also where prompt and completion have one", () => {
  const values = Float32Array.of(2, -2, 1);
  repetitionPenalty(values, { prompt: new Set([0, 1]), completion: new Map([[1, 3]]) }, 2);
  assert.deepEqual([...values], [1, -4, 1]);
});

Deno.test("step() leaves every probability as it is, bit for bit, under identity params", () => {
  fc.assert(fc.property(vector, fc.nat(), (values, seed) => {
    for (const { logprob, finalLogprob } of step(values, { seed }).top) assert.equal(finalLogprob, logprob);
  }));
});

Deno.test("step() takes the most probable at temperature 0", () => {
  fc.assert(fc.property(vector, fc.nat(), (values, seed) => {
    const taken = step(values, { temperature: 0, seed });
    assert.equal(taken.rank, 1);
    assert.deepEqual(taken.draw, { kind: "greedy" });
  }));
});

Deno.test("step() logs what each processor removed, in order, hand-computed", () => {
  // p = 0.5, 0.25, 0.15, 0.1
  const logits = [0.5, 0.25, 0.15, 0.1].map(Math.log);
  const taken = step(logits, { topK: 3, topP: 0.8, minP: 0.6, seed: 1 });
  const [byK, byP, byMin] = taken.processors;
  assert.deepEqual([byK?.name, byK?.removed, byK?.kept], ["top_k", 1, 3]);
  assert.ok(Math.abs((byK?.removedMass ?? 0) - 0.1) < 1e-6);
  // After top_k: 0.5556, 0.2778, 0.1667; the first two reach 0.8.
  assert.deepEqual([byP?.name, byP?.removed, byP?.kept], ["top_p", 1, 2]);
  assert.ok(Math.abs((byP?.removedMass ?? 0) - 1 / 6) < 1e-6);
  assert.deepEqual([byMin?.name, byMin?.removed, byMin?.kept], ["min_p", 1, 1]);
  assert.deepEqual(taken.top.map(({ excludedBy }) => excludedBy), [undefined, "min_p", "top_p", "top_k"]);
  assert.equal(taken.token.id, 0);
});

Deno.test("step() runs the processors in the params' order, hand-computed", () => {
  // p = 0.5, 0.25, 0.15, 0.1. At temperature 0.5 they become 0.7246, 0.1812, 0.0652, 0.0290.
  const logits = [0.5, 0.25, 0.15, 0.1].map(Math.log);
  const order = (first: ProcessorName) => [first, ...PROCESSORS.filter((name) => name !== first)];
  const tempered = step(logits, { temperature: 0.5, topP: 0.72 });
  assert.deepEqual(tempered.processors.map(({ name, kept }) => [name, kept]), [["temperature", 4], ["top_p", 1]]);
  const late = step(logits, { temperature: 0.5, topP: 0.72, order: order("top_p") });
  assert.deepEqual(late.processors.map(({ name, kept }) => [name, kept]), [["top_p", 2], ["temperature", 2]]);
  assert.ok(Math.abs(Math.exp(late.top[0]?.finalLogprob ?? 0) - 0.8) < 1e-6, "0.25 ÷ (0.25 + 0.0625)");
});

Deno.test("repetition_penalty after temperature looks at the sign of logits ÷ temperature, hand-computed", () => {
  const order = ["temperature", ...PROCESSORS.filter((name) => name !== "temperature")] as const;
  const finalsOf = (temperature: number, params: Partial<SamplingParams>, seen: number[]) => {
    const { top } = step([5, 4.5, 1, -2], { temperature, repetitionPenalty: 1.5, order, ...params }, 4, seen);
    return top.toSorted((one, other) => one.token.id - other.token.id).map(({ finalLogprob = NaN }) =>
      Math.exp(finalLogprob)
    );
  };
  const isNear = (finals: readonly number[], logits: readonly number[]) => {
    for (const [id, p] of softmax(Float32Array.from(logits)).entries()) {
      assert.ok(Math.abs((finals[id] ?? NaN) - p) < 1e-6);
    }
  };
  // ÷ 0.5: 10, 9, 2, −4; of those seen 10 ÷ 1.5 and −4 · 1.5.
  isNear(finalsOf(0.5, {}, [0, 3]), [10 / 1.5, 9, 2, -6]);
  // 2 with a bias of −5 is −3, and then −3 · 1.5.
  isNear(finalsOf(0.5, { logitBias: { 2: -5 } }, [2]), [10, 9, -4.5, -4]);
  isNear(finalsOf(2, {}, [0, 3]), [2.5 / 1.5, 2.25, 0.5, -1.5]);
  // At 1 nothing is divided; next to it nothing may jump.
  for (const temperature of [1, 1 - 1e-6, 1 + 1e-6]) {
    const [p = NaN] = finalsOf(temperature, {}, [0]);
    assert.ok(Math.abs(p - 0.23185) < 1e-5, `${p}: exp(5 ÷ 1.5) of exp(5 ÷ 1.5) + exp(4.5) + exp(1) + exp(−2)`);
  }
  for (const temperature of [1e-30, 1e-45, 1e-300, 5e-324]) {
    for (const repetitionPenalty of [0.5, 1.5]) {
      assert.ok(
        finalsOf(temperature, { repetitionPenalty }, [0]).some((p) => p === 1),
        "one token is left, and none is NaN",
      );
    }
  }
});

Deno.test("step() shows the chosen token even when it is not among the most probable", () => {
  const taken = step([5, 4, 3, 2, 1, 0], { seed: 3, temperature: 2 }, 1, []);
  assert.ok(taken.top.some(({ token }) => token.id === taken.token.id));
  assert.equal(taken.restCount, 6 - taken.top.length);
});

Deno.test("100,000 draws fit softmax (chi-square at 0.001)", () => {
  const probabilities = [0.4, 0.25, 0.15, 0.1, 0.06, 0.04];
  const logprobs = probabilities.map(Math.log);
  const draws = 100_000;
  const counts = new Array<number>(probabilities.length).fill(0);
  for (let position = 0; position < draws; position++) {
    let best = -Infinity, taken = 0;
    logprobs.forEach((logprob, id) => {
      const score = logprob + gumbel(42, 0, position, id);
      if (score > best) [best, taken] = [score, id];
    });
    counts[taken] = (counts[taken] ?? 0) + 1;
  }
  const chi2 = probabilities.reduce((sum, p, id) => sum + ((counts[id] ?? 0) - p * draws) ** 2 / (p * draws), 0);
  assert.ok(chi2 < 20.52, `χ² with 5 degrees of freedom is ${chi2.toFixed(2)}, critical 20.52`);
});

Deno.test("gumbel() is uncorrelated between neighbours in id, position, sequence and seed", () => {
  const count = 20_000;
  const neighbours: readonly ((n: number) => readonly [number, number])[] = [
    (n) => [gumbel(1, 0, 0, n), gumbel(1, 0, 0, n + 1)],
    (n) => [gumbel(1, 0, n, 5), gumbel(1, 0, n + 1, 5)],
    (n) => [gumbel(1, n, 0, 5), gumbel(1, n + 1, 0, 5)],
    (n) => [gumbel(n, 0, 0, 5), gumbel(n + 1, 0, 0, 5)],
    (n) => [gumbel(n, 0, 1, 5), gumbel(n, 1, 0, 5)],
  ];
  for (const [index, pair] of neighbours.entries()) {
    const pairs = Array.from({ length: count }, (_, n) => pair(n));
    const mean = pairs.reduce((sum, [one]) => sum + one, 0) / count;
    assert.ok(Math.abs(mean - 0.5772) < 0.05, `mean ${mean} of kind ${index} is Euler's constant`);
    const covariance = pairs.reduce((sum, [one, other]) => sum + (one - mean) * (other - mean), 0) / count;
    assert.ok(Math.abs(covariance / (Math.PI ** 2 / 6)) < 0.04, `correlation of kind ${index} is ${covariance}`);
  }
});

Deno.test("a choice stays when no rival gains more on it than it gains itself", () => {
  fc.assert(fc.property(vector, fc.nat(1000), fc.double({ min: 0, max: 3, noNaN: true }), (values, seed, gain) => {
    const taken = step(values, { seed });
    const changed = values.map((value, id) => id === taken.token.id ? value + gain : value);
    assert.equal(step(changed, { seed }).token.id, taken.token.id);
  }));
});

Deno.test("topP() keeps the most probable of two whose logprobs round to one number", () => {
  const logits = Float32Array.of(0, 2 ** -30, -9);
  const [one, other] = logprobsOf(distributionOf(logits));
  assert.equal(one, other);
  assert.equal(step([...logits], { topP: 1e-9 }).token.id, 1);
});

Deno.test("exponential() is Math.exp to nine digits, from 0 down to where that vanishes", () => {
  fc.assert(fc.property(fc.double({ min: -700, max: 0, noNaN: true }), (x) => {
    assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-9, `e^${x} is ${Math.exp(x)}, not ${exponential(x)}`);
  }));
  assert.equal(exponential(0), 1);
  assert.equal(exponential(VANISHING), 0);
});

Deno.test("a distribution keeps apart what was removed and what is only improbable", () => {
  const distribution = distributionOf(Float32Array.of(0, -800, -Infinity));
  assert.deepEqual([distribution.size, distribution.mode], [2, 0]);
  assert.deepEqual(logprobsOf(distribution), [0, -800, -Infinity]);
  assert.equal(distribution.restLogprob([0]), undefined);
});

/** Arrays of numbers, sets and maps that are made while `work` runs. */
function madeBy(work: () => void): readonly string[] {
  const made: string[] = [];
  const names = ["Float32Array", "Float64Array", "Int32Array", "Uint32Array", "Uint8Array", "Set", "Map"] as const;
  const originals = names.map((name) => [name, globalThis[name]] as const);
  for (const [name, value] of originals) {
    const construct = (target: typeof value, given: unknown[]) => {
      made.push(name);
      return Reflect.construct(target, given);
    };
    Object.assign(globalThis, { [name]: new Proxy(value, { construct }) });
  }
  try {
    work();
  } finally {
    Object.assign(globalThis, Object.fromEntries(originals));
  }
  return made;
}

Deno.test("Sampler makes its scratch space with the first step, and nothing more in a hundred steps after it", () => {
  const vocabulary = 3000;
  const params: SamplingParams = {
    ...DEFAULT_PARAMS,
    logitBias: { 5: 1 },
    repetitionPenalty: 1.1,
    frequencyPenalty: 0.1,
    presencePenalty: 0.1,
    temperature: 0.8,
    topK: 500,
    topP: 0.9,
    minP: 0.001,
  };
  const logits = Float32Array.from({ length: vocabulary }, (_, id) => Math.sin(id * id) * 5);
  const prompt = new Set([1, 2, 3]), completion = new Map([[3, 1], [4, 2]]);
  const sampler = new Sampler(vocabulary);
  const steps = (from: number, count: number) => {
    for (let position = from; position < from + count; position++) {
      const { token, processors } = sampler.step(logits, params, {
        sequence: 0,
        position,
        seen: { prompt, completion },
        top: 10,
        token: (id) => ({ id, text: String(id), bytes: [] }),
      });
      assert.equal(processors.length, PROCESSORS.length);
      completion.set(token.id, (completion.get(token.id) ?? 0) + 1);
    }
  };
  assert.ok(madeBy(() => steps(0, 1)).length > 0, "what is made is counted");
  assert.deepEqual(madeBy(() => steps(1, 100)), []);
});
