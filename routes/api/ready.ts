import { apiRoute } from "../../lib/server/api_route.ts";
import { LIMITS } from "../../lib/server/entry/limits.ts";
import { encodeWire } from "../../lib/lm/wire_text.ts";

/** What is open and what failed, with the limits that hold; 503 while something loads, failed or is stuck. */
export const handler = apiRoute({
  GET({ state }) {
    const readiness = state.registry.ready();
    return new Response(encodeWire({ ...readiness, limits: LIMITS }), {
      status: readiness.status === "ready" ? 200 : 503,
      headers: { "content-type": "application/json" },
    });
  },
});
