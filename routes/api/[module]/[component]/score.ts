import { scoreSchema } from "../../../../lib/lm/wire.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { score } from "../../../../lib/server/generation.ts";
import { readJson } from "../../../../lib/server/entry/read_json.ts";

/** Scores a completion, by default the sample's target. */
export const handler = apiRoute({
  POST: async (ctx) => await score(ctx, await readJson(ctx, scoreSchema)),
});
