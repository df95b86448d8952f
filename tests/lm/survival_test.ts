import assert from "node:assert/strict";
import fc from "fast-check";
import { type ProcessorName, PROCESSORS } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../lib/lm/params.ts";
import { Sampler } from "../../lib/lm/sample.ts";
import type { TokensBefore } from "../../lib/lm/pool.ts";
import type { SeenTokens } from "../../lib/lm/processor.ts";
import { survives, verdictsAlong } from "../../lib/lm/survival.ts";

type Editing = Pick<SamplingParams, "repetitionPenalty" | "frequencyPenalty" | "presencePenalty" | "logitBias">;

const SIZE = 24;
const sampler = new Sampler(SIZE);

const NOTHING = { prompt: new Set<number>(), completion: new Map<number, number>() };

function take(logits: readonly number[], params: SamplingParams, top: number, seen: SeenTokens = NOTHING) {
  return sampler.step(Float32Array.from(logits), params, {
    sequence: 1,
    position: 2,
    seen,
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

/** Numbers of a step have seven digits: params so near to others may fall on either side of a bound. */
const NUDGES = [1, 1 - 1e-5, 1 + 1e-5];

/** Holds a check, unless it is about what hangs on the last digit: params a little off then change what comes out. */
function holds(params: SamplingParams, outcome: (params: SamplingParams) => unknown, check: () => void): void {
  try {
    check();
  } catch (error) {
    const outcomes = NUDGES.map((by) => {
      const { minP, topP, repetitionPenalty } = params;
      const nudged = { minP: minP * by, topP: Math.min(1, topP * by), repetitionPenalty: repetitionPenalty * by };
      return JSON.stringify(outcome({ ...params, ...nudged }));
    });
    if (new Set(outcomes).size === 1) throw error;
  }
}

/** Which token is taken, and what excludes the one that was. */
function outcomeOf(values: readonly number[], chosen: number, seen?: SeenTokens) {
  return (params: SamplingParams) => {
    const { token, top } = take(values, params, SIZE, seen);
    return [token.id, top.find((candidate) => candidate.token.id === chosen)?.excludedBy];
  };
}

/** Whether the sum that top_p looks at is the whole one: min_p before it takes from it what a step does not tell. */
function isSettled({ order, topP, minP }: SamplingParams): boolean {
  return topP === 1 || minP === 0 || order.indexOf("top_p") < order.indexOf("min_p");
}

const MIN_P_BEFORE_TOP_K = PROCESSORS.toSorted((one, other) => Number(other === "min_p") - Number(one === "min_p"));

/** Found by very many runs: min_p removes id 0 before top_k would. */
const MIN_P_FIRST: [number[], SamplingParams, SamplingParams, number] = [
  [
    3.89,
    0,
    -0.52,
    -0.06,
    -0.04,
    -0.01,
    -0.02,
    0.03,
    -0.07,
    0.04,
    -0.03,
    0.01,
    -0.05,
    0.05,
    3.9,
    4.59,
    -0.08,
    -0.09,
    0.06,
    -0.1,
    0.07,
    0.08,
    -0.11,
    -0.12,
  ],
  { ...DEFAULT_PARAMS, temperature: 0.18506434597676716, seed: 3, order: MIN_P_BEFORE_TOP_K },
  { ...DEFAULT_PARAMS, temperature: 0.1, topK: 1, minP: 0.49659024601483787, seed: 0, order: MIN_P_BEFORE_TOP_K },
  1,
];

/** Found by very many runs: the penalty makes two logits equal, 2.96 ÷ 0.5 and 5.92. */
const EQUAL_BY_PENALTY: [[number[], SamplingParams, SamplingParams, Editing], SeenTokens, number] = [
  [
    [
      0,
      -2.24,
      0.75,
      -2.23,
      -0.26,
      2.56,
      2.58,
      -0.27,
      -3.13,
      -3.1,
      -0.03,
      -0.8,
      -0.74,
      -0.43,
      -0.69,
      -0.06,
      3.91,
      -1.31,
      2.96,
      -1.77,
      -0.75,
      -1.58,
      -0.01,
      5.92,
    ],
    { ...DEFAULT_PARAMS, temperature: 0, topP: 0.05 },
    { ...DEFAULT_PARAMS, temperature: 0 },
    { repetitionPenalty: 0.5, frequencyPenalty: 0, presencePenalty: 0, logitBias: {} },
  ],
  { prompt: new Set(), completion: new Map([[18, 1]]) },
  3,
];

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
      holds(next, outcomeOf(values, step.token.id), () => {
        assert.equal(verdict.kind === "kept", again.token.id === step.token.id, JSON.stringify(verdict));
        if (verdict.kind === "lost" && verdict.to !== undefined) assert.equal(verdict.to.token.id, again.token.id);
        if (verdict.kind === "excluded") {
          const excludedBy = take(values, next, SIZE).top.find(({ token }) => token.id === step.token.id)?.excludedBy;
          assert.equal(excludedBy, verdict.by);
        }
      });
    }),
    { numRuns: 20_000, seed: 7, examples: [MIN_P_FIRST] },
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

const editing = fc.record({
  repetitionPenalty: fc.oneof(fc.constant(1), fc.double({ min: 0.5, max: 2, noNaN: true })),
  frequencyPenalty: fc.oneof(fc.constant(0), fc.double({ min: -2, max: 2, noNaN: true })),
  presencePenalty: fc.oneof(fc.constant(0), fc.double({ min: -2, max: 2, noNaN: true })),
  logitBias: fc.dictionary(
    fc.integer({ min: 0, max: SIZE - 1 }).map(String),
    fc.oneof(fc.constant(-Infinity), fc.double({ min: -3, max: 3, noNaN: true })),
    { maxKeys: 4 },
  ),
});
const idList = fc.array(fc.integer({ min: 0, max: SIZE - 1 }), { maxLength: 6 });
const before = fc.record({ prompt: idList, completion: idList }).map(({ prompt, completion }) => ({
  prompt: new Set(prompt),
  completion: new Map(completion.map((id) => [id, completion.filter((other) => other === id).length])),
}));

Deno.test("survives() agrees with taking the step again under penalties and biases, whatever stands before it", () => {
  let known = 0, all = 0;
  fc.assert(
    fc.property(
      fc.tuple(logits, params, params, editing),
      before,
      fc.integer({ min: 1, max: SIZE }),
      ([values, ran, some, edits], seen, top) => {
        const step = take(values, ran, top, seen);
        const next = { ...some, ...edits, order: PROCESSORS };
        const verdict = survives(step, next, seen);
        const again = take(values, next, SIZE, seen);
        all++;
        if (verdict.kind === "unknown") {
          assert.equal(verdict.why, "rest");
          assert.ok(top < SIZE, "with the whole vocabulary at hand nothing is unknown");
          return;
        }
        known++;
        holds(next, outcomeOf(values, step.token.id, seen), () => {
          assert.equal(verdict.kind === "kept", again.token.id === step.token.id, JSON.stringify(verdict));
          if (verdict.kind === "lost" && verdict.to !== undefined) assert.equal(verdict.to.token.id, again.token.id);
          const own = again.top.find(({ token }) => token.id === step.token.id);
          if (verdict.kind === "excluded") assert.equal(own?.excludedBy, verdict.by);
        });
      },
    ),
    { numRuns: 20_000, seed: 31, examples: [EQUAL_BY_PENALTY] },
  );
  assert.ok(known > all / 3, `${known} of ${all} verdicts are known`);
});

/** Logits 2, 1, −1 and 0.5 of ids 0 to 3; greedy, so that the numbers alone decide. */
const HAND = [2, 1, -1, 0.5];
const small = new Sampler(HAND.length);
const GREEDY = { ...DEFAULT_PARAMS, temperature: 0 };

function hand(seen: TokensBefore, top = HAND.length) {
  return small.step(Float32Array.from(HAND), GREEDY, {
    sequence: 0,
    position: 2,
    seen: { prompt: seen.prompt ?? new Set(), completion: seen.completion },
    top,
    token: (id) => ({ id, text: String(id), bytes: [] }),
  });
}

function verdict(edits: Partial<SamplingParams>, seen: TokensBefore, top?: number): string {
  const found = survives(hand(seen, top), { ...GREEDY, ...edits }, seen);
  if (found.kind === "lost") return `lost to ${found.to?.token.id}`;
  return found.kind === "excluded" ? `excluded by ${found.by}` : found.kind === "unknown" ? found.why : found.kind;
}

Deno.test("survives() under penalties and biases, by hand", () => {
  const nothing = { prompt: new Set<number>(), completion: new Map<number, number>() };
  const twice = { prompt: new Set<number>(), completion: new Map([[0, 2]]) };
  const inPrompt = { prompt: new Set([0]), completion: new Map<number, number>() };
  // 2 − 2·0.4 = 1.2 > 1, and 2 − 2·0.6 = 0.8 < 1.
  assert.equal(verdict({ frequencyPenalty: 0.4 }, twice), "kept");
  assert.equal(verdict({ frequencyPenalty: 0.6 }, twice), "lost to 1");
  // Once, however often: 2 − 0.9 = 1.1, 2 − 1.1 = 0.9; a token of the prompt alone is not punished.
  assert.equal(verdict({ presencePenalty: 0.9 }, twice), "kept");
  assert.equal(verdict({ presencePenalty: 1.1 }, twice), "lost to 1");
  assert.equal(verdict({ presencePenalty: 2 }, inPrompt), "kept");
  // 2 / 1.9 = 1.05, 2 / 2 = 1 (of equals the lower id), and with all others punished too 1 / 2 stays behind.
  assert.equal(verdict({ repetitionPenalty: 1.9 }, inPrompt), "kept");
  assert.equal(verdict({ repetitionPenalty: 1.9, logitBias: { 1: 0.1 } }, inPrompt), "lost to 1");
  // A bias acts first: (2 − 1) / 1.5 = 0.67 against 1, and −1 · 1.5 for a negative logit: −1.5 + 4 is less than 2.
  assert.equal(verdict({ repetitionPenalty: 1.5, logitBias: { 0: -1 } }, inPrompt), "lost to 1");
  assert.equal(verdict({ logitBias: { 2: 2.9 } }, nothing), "kept");
  assert.equal(verdict({ logitBias: { 2: 3.1 } }, nothing), "lost to 2");
  assert.equal(verdict({ logitBias: { 0: -Infinity } }, nothing), "excluded by logit_bias");
});

Deno.test("survives() names the first processor that removes the token, in their order", () => {
  const order = (first: ProcessorName, second: ProcessorName) => [
    ...PROCESSORS.filter((name) => ![first, second, "top_p"].includes(name)),
    first,
    second,
    "top_p" as const,
  ];
  // Ids 0 and 1 have e^2 and e^1, so that id 1 has e^-1 = 0.37 of the most, and id 3 less.
  const step = take([...HAND, ...Array(SIZE - HAND.length).fill(-9)], { ...DEFAULT_PARAMS, seed: 3 }, SIZE);
  const forced = { ...step, token: { ...step.token, id: 1 } };
  const by = (names: readonly ProcessorName[]) =>
    survives(forced, { ...DEFAULT_PARAMS, topK: 1, minP: 0.4, order: names });
  assert.deepEqual(by(order("min_p", "top_k")), { kind: "excluded", by: "min_p" });
  assert.deepEqual(by(order("top_k", "min_p")), { kind: "excluded", by: "top_k" });
});

Deno.test("survives() says why it cannot tell: the prompt, the logits, the order, or what is not shown", () => {
  const nothing = { prompt: new Set<number>(), completion: new Map<number, number>() };
  const step = hand(nothing);
  const next = { ...GREEDY, repetitionPenalty: 1.5 };
  assert.deepEqual(survives(step, next, { ...nothing, prompt: undefined }), { kind: "unknown", why: "prompt" });
  assert.deepEqual(survives(step, next), { kind: "unknown", why: "prompt" });
  const { logNormalizer: _, ...untold } = step;
  assert.deepEqual(survives(untold, next, nothing), { kind: "unknown", why: "logits" });
  const late = [...PROCESSORS.filter((name) => name !== "repetition_penalty"), "repetition_penalty"] as const;
  assert.deepEqual(survives(step, { ...next, order: late }, nothing), { kind: "unknown", why: "order" });
  // Tokens 2 and 3 are not shown, only that together they have the probability of a logit of ln(e^0.5 + e^−1) = 0.7014:
  // a bias of 1.29 cannot lift either past 2, one of 1.31 might.
  assert.equal(verdict({ logitBias: { 2: 1.29 } }, nothing, 2), "kept");
  assert.equal(verdict({ logitBias: { 2: 1.31 } }, nothing, 2), "rest");
  assert.deepEqual(survives({ ...step, draw: { kind: "remote" } }, next, nothing), { kind: "unknown", why: "remote" });
});

Deno.test("verdictsAlong() counts the tokens before each step, and ends at the first that changes", () => {
  const twice = { prompt: new Set<number>(), completion: new Map<number, number>() };
  const steps = [hand(twice), hand(twice), hand(twice), hand(twice)];
  // The second 0 stands at 2 − 0.4, the third at 2 − 0.8, the fourth at 2 − 1.2 < 1.
  const kinds = verdictsAlong(steps, { ...GREEDY, frequencyPenalty: 0.4 }, []).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["kept", "kept", "kept", "lost"]);
  assert.equal(verdictsAlong(steps, { ...GREEDY, frequencyPenalty: 0.6 }, []).length, 3);
});

Deno.test("survives() agrees with taking the step again where logits are equal, and one is biased", () => {
  const equal = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: SIZE, maxLength: SIZE });
  const few = fc.record({
    topK: fc.constantFrom(0, 1, 2, 5),
    topP: fc.constantFrom(1, 0.5, 0.01),
    minP: fc.constantFrom(0, 0.5, 1),
    temperature: fc.constantFrom(0, 1, 0.05, 1e-30),
    seed: fc.integer({ min: 0, max: 20 }),
    logitBias: fc.record({ 3: fc.constantFrom(-Infinity, -4.5, 5.5) }),
  }).map((some): SamplingParams => ({ ...DEFAULT_PARAMS, ...some }));
  fc.assert(
    fc.property(equal, few, few, fc.constantFrom(2, SIZE), (values, first, second, top) => {
      const taken = take(values, first, top), chosen = taken.token.id;
      const verdict = survives(taken, second, NOTHING);
      const [id, excludedBy] = outcomeOf(values, chosen)(second);
      const shown = JSON.stringify([values, first, second, verdict]);
      if (verdict.kind === "kept") assert.equal(id, chosen, shown);
      if (verdict.kind === "excluded") assert.equal(excludedBy, verdict.by, shown);
      if (verdict.kind === "lost") assert.ok(id !== chosen && [undefined, id].includes(verdict.to?.token.id), shown);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("survives() names what removes a token beside one that a bias makes sure, at small temperatures too", () => {
  for (const temperature of [1, 0.05, 0.01]) {
    const taken = take([2, 0, 1, ...Array(SIZE - 3).fill(-9)], { ...DEFAULT_PARAMS, logitBias: { 2: 100 } }, 3);
    const sure = { ...DEFAULT_PARAMS, temperature, logitBias: { 0: 100 }, topP: 0.95, minP: 0.5 };
    assert.deepEqual(survives(taken, sure, NOTHING), { kind: "excluded", by: "top_p" });
    assert.equal(taken.token.id, 2);
  }
});
