import { generateSchema } from "../../../../lib/lm/wire.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { generate } from "../../../../lib/server/generation.ts";
import { readJson } from "../../../../lib/server/entry/read_json.ts";

/** Streams a run's events. */
export const handler = apiRoute({
  POST: async (ctx) => await generate(ctx, await readJson(ctx, generateSchema)),
});
