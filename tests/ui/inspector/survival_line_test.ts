/** What is said below a completion of the params that now stand on screen. */
import assert from "node:assert/strict";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { DEFAULT_PARAMS, type SamplingParams } from "../../../lib/lm/params.ts";
import type { SurvivalVerdict } from "../../../lib/lm/survival.ts";
import { changedDraws } from "../../../lib/ui/address/generation_screen.ts";
import { changedFor, EMPTY_CHAT, sent } from "../../../lib/ui/chat/chat_state.ts";
import { SurvivalLine } from "../../../lib/ui/inspector/SurvivalLine.tsx";

const KEPT: SurvivalVerdict = { kind: "kept" };
const UNKNOWN: SurvivalVerdict = { kind: "unknown", why: "rest" };
const LOST: SurvivalVerdict = { kind: "excluded", by: "top_k" };

/** The line's text, with what a button says in brackets. */
function line(
  verdicts: readonly SurvivalVerdict[],
  changed: Partial<SamplingParams>,
  drawnBy: SamplingParams = DEFAULT_PARAMS,
): string {
  const by = { ...DEFAULT_PARAMS, ...changed };
  const html = renderToString(h(SurvivalLine, { verdicts, by, drawnBy, onContinue: () => {} }));
  return html.replace(/<button[^>]*>([^<]*)<\/button>/g, "[$1]").replace(/<[^>]*>/g, "");
}

Deno.test("SurvivalLine says where the text first changes, and that it is so at the latest where one before is not known or a new stop may end it", () => {
  assert.match(line([KEPT, LOST], { topK: 1 }), /^With the new params the text first changes at token 2, which top_k/);
  assert.match(
    line([KEPT, UNKNOWN, KEPT, LOST], { topK: 1 }),
    /first changes at token 4 at the latest, which top_k.*\[/,
  );
  assert.match(
    line([KEPT, KEPT, LOST], { topK: 1, stop: ["x"] }),
    /first changes at token 3 at the latest, which top_k/,
  );
  const fewer = { ...DEFAULT_PARAMS, stop: ["x", "y"] };
  assert.match(line([KEPT, LOST], { topK: 1, stop: ["y"] }, fewer), /first changes at token 2, which top_k/);
  assert.match(line([KEPT, UNKNOWN], { topK: 1 }), /^Whether it survives the new params depends on tokens/);
});

Deno.test("SurvivalLine says that tokens are the same only as far as they are drawn, where they would end elsewhere", () => {
  assert.equal(line([KEPT, KEPT], { topK: 9 }), "The new params would give the same tokens.");
  const ends = /^The new params would draw the same tokens, and end them where max_tokens and stop say\.$/;
  assert.match(line([KEPT, KEPT], { topK: 9, maxTokens: 128 }), ends);
  assert.match(line([KEPT, KEPT], { topK: 9, stop: ["\n"] }), ends);
  // It ends before the token that would change.
  assert.match(line([KEPT, KEPT, LOST], { topK: 9, maxTokens: 2 }), ends);
});

Deno.test("changedDraws() leaves out what no token hangs on, so that nothing is looked at again for it alone", () => {
  const other = { ...DEFAULT_PARAMS, maxTokens: 8, stop: ["x"], n: 3 };
  assert.deepEqual(changedDraws(other, DEFAULT_PARAMS), []);
  assert.deepEqual(changedDraws({ ...other, seed: 1, minP: 0.5 }, DEFAULT_PARAMS), ["min_p", "seed"]);
  const turn = sent(EMPTY_CHAT, "hi", 1).turns[1];
  assert.ok(turn !== undefined);
  const answer = { ...turn, origin: { params: DEFAULT_PARAMS, prefill: "", sequence: 0, batch: 1 } };
  assert.equal(changedFor(answer, other), undefined);
  assert.equal(changedFor(answer, { ...other, topK: 2 })?.topK, 2);
});
