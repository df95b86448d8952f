import assert from "node:assert/strict";
import * as v from "valibot";
import { PROMPT_BYTES } from "../../../lib/lm/wire.ts";
import { chatCompletionsSchema } from "../../../lib/server/v1/schemas.ts";

Deno.test("chatCompletionsSchema holds the parts of a message to the limit of a text, all together", () => {
  const takes = (...sizes: readonly number[]) => {
    const content = sizes.map((size) => ({ type: "text", text: "a".repeat(size) }));
    return v.is(chatCompletionsSchema, { model: "talk/echo", messages: [{ role: "user", content }] });
  };
  assert.equal(takes(PROMPT_BYTES - 1, 1), true);
  assert.equal(takes(PROMPT_BYTES, 1), false);
});
