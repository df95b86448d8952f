import { apiRoute } from "../../lib/server/api_route.ts";

/** Whether the process turns; reveals nothing more. */
export const handler = apiRoute({ GET: () => Response.json({ status: "ok" }) });
