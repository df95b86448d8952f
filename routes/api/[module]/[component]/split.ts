import { encodeWire } from "../../../../lib/lm/wire_text.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { checkQuery } from "../../../../lib/server/entry/known_query.ts";
import { namesFromQuery, resolvePlace } from "../../../../lib/server/place.ts";

/** Whether a split is open, or how much of it has come: asking opens nothing, and waits for nothing. */
export const handler = apiRoute({
  GET({ params, state: { registry }, url: { searchParams } }) {
    checkQuery(searchParams, [], []);
    const { module, taskName, split } = resolvePlace(registry, params, namesFromQuery(searchParams));
    const splitState = registry.splitState(module.name, taskName, split);
    return new Response(encodeWire(splitState), { headers: { "content-type": "application/json" } });
  },
});
