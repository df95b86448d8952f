import { apiRoute } from "../../../../lib/server/api_route.ts";
import { namesFromQuery, readRows, resolvePlace, wholeNumber } from "../../../../lib/server/place.ts";

/** A page of rows as they are in the data set, and how many there are. */
export const handler = apiRoute({
  async GET({ params, state, url }) {
    const place = resolvePlace(state.registry, params, namesFromQuery(url.searchParams));
    const offset = wholeNumber(url.searchParams, "offset");
    const limit = wholeNumber(url.searchParams, "limit");
    return Response.json(await readRows(state.registry, place, { offset, limit }));
  },
});
