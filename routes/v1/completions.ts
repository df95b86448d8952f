import { readJson } from "../../lib/server/entry/read_json.ts";
import { v1Route } from "../../lib/server/v1/answer.ts";
import { completions } from "../../lib/server/v1/completions.ts";
import { completionsSchema } from "../../lib/server/v1/schemas.ts";

export const handler = v1Route(
  "POST",
  async (ctx) => await completions(ctx, await readJson(ctx, completionsSchema)),
);
