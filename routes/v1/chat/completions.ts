import { readJson } from "../../../lib/server/entry/read_json.ts";
import { v1Route } from "../../../lib/server/v1/answer.ts";
import { chatCompletions } from "../../../lib/server/v1/chat_completions.ts";
import { chatCompletionsSchema } from "../../../lib/server/v1/schemas.ts";

export const handler = v1Route("POST", async (ctx) => {
  return await chatCompletions(ctx, await readJson(ctx, chatCompletionsSchema));
});
