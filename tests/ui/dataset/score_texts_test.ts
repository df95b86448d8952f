import assert from "node:assert/strict";
import { scoreTexts } from "../../../lib/ui/dataset/score_texts.ts";

Deno.test("scoreTexts() tells of an impossible target as one, also as it comes by JSON", () => {
  const score = { nats: Infinity, perplexity: Infinity, departure: 1 };
  assert.deepEqual(scoreTexts(score), ["∞", "∞", "1"]);
  assert.deepEqual(scoreTexts(JSON.parse(JSON.stringify(score))), ["∞", "∞", "1"]);
  assert.deepEqual(scoreTexts({ nats: 3 * Math.LN2, perplexity: 2 }), ["3.00", "2", "–"]);
});
