import { chatSchema } from "../../../../lib/lm/wire.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { chatPrompt } from "../../../../lib/server/chat.ts";
import { readJson } from "../../../../lib/server/entry/read_json.ts";

/** The exact text that a conversation would send. */
export const handler = apiRoute({
  POST: async (ctx) => await chatPrompt(ctx, await readJson(ctx, chatSchema)),
});
