import { apiRoute } from "../../../../lib/server/api_route.ts";
import { watchElements } from "../../../../lib/server/elements.ts";

/** Streams a session's state and what its actions change, until none runs. */
export const handler = apiRoute({ GET: watchElements });
