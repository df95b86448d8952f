import { thrownText } from "../../../../lib/lm/thrown.ts";
import { apiRoute } from "../../../../lib/server/api_route.ts";
import { checkQuery } from "../../../../lib/server/entry/known_query.ts";
import { namesFromQuery, resolvePlace, wholeNumber } from "../../../../lib/server/place.ts";
import { ModuleFailedError } from "../../../../lib/server/problem.ts";
import { findRows, rowWish, WISH_NAMES, WISH_PREFIXES } from "../../../../lib/server/rows/rows.ts";

/** A page of rows as they are in the data set, their numbers, how many there are in all, and how far the index is. */
export const handler = apiRoute({
  async GET({ params, state, req: { signal }, url: { searchParams } }) {
    checkQuery(searchParams, [...WISH_NAMES, "offset", "limit"], WISH_PREFIXES);
    const place = resolvePlace(state.registry, params, namesFromQuery(searchParams));
    const offset = wholeNumber(searchParams, "offset");
    const limit = wholeNumber(searchParams, "limit");
    const { rows, total, index } = await findRows(state.registry, place, rowWish(searchParams), {
      offset,
      limit,
      signal,
    });
    const read = rows.flatMap((found) => "row" in found ? [found] : []);
    return asJson({
      rows: read.map(({ row }) => row),
      indices: read.map(({ index }) => index),
      total,
      faults: rows.flatMap((found) => "fault" in found ? [found] : []),
      ...(index === undefined ? {} : { index }),
    });
  },
});

/** @throws {ProblemError} 500 for rows that JSON cannot hold, as a module may have them */
function asJson(answer: object): Response {
  try {
    return Response.json(answer);
  } catch (error) {
    throw new ModuleFailedError(`Cannot write the rows as JSON: ${thrownText(error)}`, error);
  }
}
