import { ProblemError } from "../../lib/server/problem.ts";
import { v1Route } from "../../lib/server/v1/answer.ts";

/** Unknown paths below /v1 get an error in the shape of the others. */
export const handler = v1Route("any", (ctx) => {
  const known = "only /v1/models, /v1/completions and /v1/chat/completions";
  throw new ProblemError(404, "Not found", `There is no ${ctx.url.pathname} here, ${known}`);
});
