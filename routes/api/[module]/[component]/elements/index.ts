import { apiRoute } from "../../../../../lib/server/api_route.ts";
import { readElements } from "../../../../../lib/server/elements.ts";

/** The state of a session, by default of a new one. */
export const handler = apiRoute({ GET: readElements });
