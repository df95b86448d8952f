import { encodeWire } from "../../../../lib/lm/wire_text.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { checkQuery } from "../../../../lib/server/entry/known_query.ts";
import { namesFromQuery, resolvePlace } from "../../../../lib/server/place.ts";
import { rowWish, WISH_NAMES, WISH_PREFIXES } from "../../../../lib/server/rows/rows.ts";
import { lookAtScores, rowsFromQuery } from "../../../../lib/server/rows/scores.ts";

/** The scores of some rows, and how far the choice is that they are of: it is scored for as long as somebody asks. */
export const handler = apiRoute({
  async GET({ params, state, url: { searchParams } }) {
    checkQuery(searchParams, [...WISH_NAMES, "rows"], WISH_PREFIXES);
    const place = resolvePlace(state.registry, params, namesFromQuery(searchParams));
    const rows = rowsFromQuery(searchParams);
    const scores = await lookAtScores({ state, params }, place, rowWish(searchParams), rows, false);
    return new Response(encodeWire(scores), { headers: { "content-type": "application/json" } });
  },
});
