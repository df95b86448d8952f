/** Log probabilities as OpenAI's API tells them. */
import assert from "node:assert/strict";
import { chatLogprobs, completionLogprobs } from "../../../lib/server/v1/logprobs.ts";

function tokenOf(text: string, bytes = new TextEncoder().encode(text)) {
  return { id: 0, text, bytes: [...bytes] };
}

Deno.test("completionLogprobs() counts characters as Python does: an emoji is one, whole or in parts", () => {
  const emoji = new TextEncoder().encode("🦊");
  const tokens = [
    tokenOf("a🦊"),
    tokenOf("b"),
    tokenOf("\ufffd", emoji.slice(0, 2)),
    tokenOf("\ufffd", emoji.slice(2)),
    tokenOf("é"),
    tokenOf("c"),
  ];
  const { text_offset: offsets } = completionLogprobs(tokens.map((token) => ({ token, logprob: -1, top: [] })), 0);
  // The character comes with its last byte, so that its first token begins where its last does.
  assert.deepEqual(offsets, [0, 2, 3, 3, 4, 5]);
});

Deno.test("chatLogprobs() tells none where a token has none, in place of a probability of 1", () => {
  const known = { token: tokenOf("a"), logprob: -0.5, top: [] };
  assert.deepEqual(chatLogprobs([known], 0), {
    content: [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [] }],
    refusal: null,
  });
  assert.equal(chatLogprobs([known, { token: tokenOf("b"), top: [] }], 0), null);
});
