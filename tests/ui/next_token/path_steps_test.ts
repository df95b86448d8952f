/** What the page knows of each place of a path, and what other params make of it. */
import assert from "node:assert/strict";
import { tableModel } from "../../../lib/generators/table.ts";
import { NextTokens } from "../../../lib/lm/next.ts";
import { DEFAULT_PARAMS, type SamplingParams } from "../../../lib/lm/params.ts";
import { drawnAgain } from "../../../lib/lm/survival.ts";
import { pathSteps, pathVerdicts, withAnswer } from "../../../lib/ui/next_token/path_steps.ts";

/** Ten tokens, the first the most probable; a rank is an id and one. */
const VOCABULARY = [..."abcdefghij"];
const LOGITS = [2, 1.7, 1.5, 1.2, 1, 0.7, 0.4, 0.2, -0.3, -1];
const steps = new NextTokens(tableModel({ vocabulary: VOCABULARY, logits: () => LOGITS }));
const REQUEST = { prompt: "a", path: [], params: DEFAULT_PARAMS, offset: 0, limit: 3 };

/** The step that the page keeps of an answer. */
async function kept(asked: Partial<Parameters<typeof steps.at>[0]>) {
  const step = withAnswer(new Map(), [], await steps.at({ ...REQUEST, ...asked })).get("");
  assert.ok(step !== undefined);
  return step;
}

function massOf(logprobs: readonly (number | undefined)[]): number {
  return logprobs.reduce<number>((sum, logprob = -Infinity) => sum + Math.exp(logprob), 0);
}

Deno.test("withAnswer() counts each token once, in the candidates or in the rest", async () => {
  const params = { ...DEFAULT_PARAMS, topK: 6, seed: 3 };
  for (const more of [{}, { find: "e" }, { target: "g" }, { target: "e", find: "/[e-j]/" }, { find: "/[a-j]/" }]) {
    const step = await kept({ params, ...more });
    const said = JSON.stringify(more);
    assert.equal(step.top.length + (step.restCount ?? NaN), VOCABULARY.length, said);
    assert.deepEqual(step.top, step.top.toSorted((one, other) => one.rank - other.rank), said);
    const raw = massOf([step.restLogprob, ...step.top.map(({ logprob }) => logprob)]);
    const final = massOf([step.restFinalLogprob, ...step.top.map(({ finalLogprob }) => finalLogprob)]);
    assert.ok(Math.abs(raw - 1) < 1e-6, `${said}: ${raw}`);
    assert.ok(Math.abs(final - 1) < 1e-6, `${said}: ${final}`);
  }
});

Deno.test("withAnswer() keeps nothing of a later page, and drawnAgain() judges nothing without the most probable token", async () => {
  const later = await steps.at({ ...REQUEST, params: { ...DEFAULT_PARAMS, seed: 3 }, offset: 3, find: "/[bf-g]/" });
  assert.equal(withAnswer(new Map(), [], later).size, 0);
  const step = { ...later.step, top: later.step.top.filter(({ rank }) => rank > 3) };
  const before = { prompt: new Set([0]), completion: new Map() };
  for (const change of [{}, { logitBias: { 9: -1 } }, { logitBias: { 9: 1 } }, { repetitionPenalty: 1.3 }]) {
    for (const { token, logprob, rank } of step.top) {
      const verdict = drawnAgain({ ...step, token, logprob, rank }, { ...DEFAULT_PARAMS, ...change }, before);
      assert.deepEqual(verdict, { kind: "unknown", why: "rest" }, JSON.stringify(change));
    }
  }
});

Deno.test("pathVerdicts() says of a token that was searched for what the whole distribution says", async () => {
  const changes: readonly Partial<SamplingParams>[] = [
    { topP: 0.85 },
    { topP: 0.8 },
    { topP: 0.7, temperature: 1.4 },
    { topK: 4 },
    { topK: 5, topP: 0.9 },
    { minP: 0.3 },
    { logitBias: { 3: -1 } },
    { logitBias: { 4: 2, 9: 1 }, topP: 0.9 },
    { repetitionPenalty: 1.6 },
    { repetitionPenalty: 0.8, topK: 4 },
    { presencePenalty: -1, frequencyPenalty: 1 },
    {},
  ];
  let told = 0;
  for (let seed = 0; seed < 40; seed++) {
    const params = { ...DEFAULT_PARAMS, seed };
    const wide = await steps.at({ ...REQUEST, params, limit: VOCABULARY.length });
    const some = await steps.at({ ...REQUEST, params, find: "/[eg]/" });
    const later = await steps.at({ ...REQUEST, params, find: "/[eg]/", offset: 3 });
    for (const change of changes) {
      const drawn = (await steps.at({ ...REQUEST, params: { ...params, ...change } })).step.token.id;
      for (const id of [4, 6]) {
        const verdict = (answer: typeof wide) =>
          pathVerdicts(pathSteps(withAnswer(new Map(), [], answer), [id]), [id], { ...params, ...change }, [0])[0];
        const [known, whole] = [verdict(some)?.kind, verdict(wide)?.kind];
        const said = `token ${id}, seed ${seed}, ${JSON.stringify(change)}`;
        assert.equal(whole === "kept", drawn === id, said);
        assert.equal(verdict(later), undefined, said);
        if (known === "unknown") continue;
        told++;
        assert.equal(known, whole, said);
      }
    }
  }
  assert.ok(told > 100, `${told} verdicts`);
});
