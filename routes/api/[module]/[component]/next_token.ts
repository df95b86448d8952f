import { nextTokenSchema } from "../../../../lib/lm/wire.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { nextToken } from "../../../../lib/server/generation.ts";
import { readJson } from "../../../../lib/server/entry/read_json.ts";

/** The distribution after a prompt and a path of tokens. */
export const handler = apiRoute({
  POST: async (ctx) => await nextToken(ctx, await readJson(ctx, nextTokenSchema)),
});
