import { staticFiles } from "fresh";
import { admitRequests, logRequests, nonces, secureResponses } from "../lib/server/gate.ts";

/** Log, headers, guard and limits, in this order from the outside; static files come last, so that they are guarded too. */
export default [logRequests, secureResponses, admitRequests, nonces, staticFiles()];
