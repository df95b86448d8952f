import { staticFiles } from "fresh";
import {
  admitRequests,
  logRequests,
  nonces,
  oneSlash,
  refusalPages,
  secureResponses,
} from "../lib/server/entry/gate.ts";
import { refusalPage } from "../lib/ui/frame/refusal_page.tsx";

/** Log, headers, guard and limits, in this order from the outside; static files come last, so that they are guarded too. */
export default [
  logRequests,
  secureResponses,
  refusalPages(refusalPage),
  admitRequests,
  oneSlash,
  nonces,
  staticFiles(),
];
