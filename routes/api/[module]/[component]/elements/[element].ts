import { apiRoute } from "../../../../../lib/server/api_route.ts";
import { act, actSchema, cancel } from "../../../../../lib/server/elements.ts";
import { readJson } from "../../../../../lib/server/entry/read_json.ts";

/** Clicks an element and streams what changes, or cancels its action. */
export const handler = apiRoute({
  POST: async (ctx) => await act(ctx, await readJson(ctx, actSchema)),
  DELETE: cancel,
});
