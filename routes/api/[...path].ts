import { failed } from "../../lib/server/api_route.ts";
import { define } from "../../lib/server/define.ts";
import { ProblemError } from "../../lib/server/problem.ts";

/** Any other path below `/api`, whatever the method. */
export const handler = define.handlers((ctx) =>
  failed(ctx, new ProblemError(404, "Not found", "Cannot find this path in the API"))
);
