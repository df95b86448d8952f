import { chatSchema } from "../../../../lib/lm/wire.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { chat } from "../../../../lib/server/chat.ts";
import { readJson } from "../../../../lib/server/entry/read_json.ts";

/** Streams the next turn of a conversation. */
export const handler = apiRoute({
  POST: async (ctx) => await chat(ctx, await readJson(ctx, chatSchema)),
});
