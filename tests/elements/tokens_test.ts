/** Tokens and candidates on their way to a page, from a generator whose every logit is written down. */
import assert from "node:assert/strict";
import { distribution } from "../../lib/elements/distribution/distribution.ts";
import { reviveCandidates } from "../../lib/elements/distribution/kept_candidates.ts";
import { Page } from "../../lib/elements/page.ts";
import { tokens } from "../../lib/elements/tokens/tokens.ts";
import { fromModel } from "../../lib/generators/from_model.ts";
import type { Candidate, ScoredToken, Step } from "../../lib/lm/event.ts";
import { DEFAULT_PARAMS } from "../../lib/lm/params.ts";
import { rigModel } from "../rig/rig_module.ts";

function candidate(text: string, logprob: number, more: Partial<Candidate> = {}): Candidate {
  return { token: { id: text.length, text, bytes: [...new TextEncoder().encode(text)] }, logprob, rank: 1, ...more };
}

async function someSteps() {
  const generator = fromModel(rigModel, { device: "cpu", precision: "exact" });
  const steps: Step[] = [];
  const params = { ...DEFAULT_PARAMS, maxTokens: 3, topK: 2, seed: 1 };
  for await (const event of generator.generate({ prompt: "abc", params, top: 5 })) {
    if (event.type === "step") steps.push(event);
  }
  return { steps, scored: await generator.score?.({ prompt: "abc", completion: "de", top: 3 }) ?? [] };
}

Deno.test("tokens().append() sends the page one token, whole", async () => {
  const { steps, scored } = await someSteps();
  const written = tokens({ colourBy: "rank" });
  const page = new Page();
  page.add(written);
  page.snapshot();
  const [first] = steps;
  assert.ok(first !== undefined);
  written.append(first);
  const [patch] = page.take();
  const sent: unknown = JSON.parse(JSON.stringify(patch?.append?.tokens));
  assert.deepEqual(sent, [JSON.parse(JSON.stringify(first))]);
  written.set(scored);
  assert.equal(written.state.tokens.length, 2);
  assert.equal(written.state.colourBy, "rank");
});

Deno.test("distribution().set() takes a step, a scored token, a distribution or bare candidates", async () => {
  const { steps: [step], scored: [token] } = await someSteps();
  assert.ok(step !== undefined && token !== undefined);
  const rivals = distribution();
  rivals.set(step);
  assert.equal(rivals.state.chosen, step.token.id);
  assert.equal(rivals.state.rest.count, step.restCount);
  assert.ok(rivals.state.candidates.some(({ excludedBy }) => excludedBy === "top_k"));
  rivals.set(token);
  assert.equal(rivals.state.candidates.length, token.top.length);
  const candidates = [candidate("a", Math.log(0.75)), candidate("bb", -Infinity)];
  rivals.set(candidates, { restLogprob: Math.log(0.25) });
  assert.deepEqual(rivals.state, { candidates, chosen: undefined, rest: { logprob: Math.log(0.25) } });
  rivals.set({ prefix: [], candidates, entropyNats: 1, vocabularySize: 9 });
  assert.deepEqual(rivals.state.rest, { count: 7 });
});

Deno.test("a logprob of −∞ survives the wire, and absent keys stay absent", () => {
  const rivals = distribution();
  const sent = [candidate("a", -Infinity, { finalLogprob: -Infinity }), candidate("bb", -1, { excludedBy: "top_p" })];
  rivals.set(sent);
  const received: readonly Candidate[] = JSON.parse(JSON.stringify(rivals.state.candidates));
  assert.deepEqual(reviveCandidates(received), sent);
});

Deno.test("tokens() and distribution() refuse what is no logprob, naming the token", () => {
  const scored: ScoredToken = { ...candidate("cat", 0.5), entropyNats: 0, top: [], restCount: 0 };
  assert.throws(() => tokens().append(scored), /"cat": its logprob must be a number up to 0, got 0.5/);
  assert.throws(() => distribution().set([candidate("dog", NaN)]), /"dog": its logprob .* got NaN/);
  assert.throws(() => distribution().set([], { restLogprob: 1 }), /"the rest"/);
});
