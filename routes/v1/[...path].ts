import { ProblemError } from "../../lib/server/problem.ts";
import { v1Route } from "../../lib/server/v1/answer.ts";

/** Unknown paths below /v1 get an error in the shape of the others. */
export const handler = v1Route("GET", (ctx) => {
  throw new ProblemError(404, "Not found", `There is no ${ctx.url.pathname} here: try /v1/models`);
});
