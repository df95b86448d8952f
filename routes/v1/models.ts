import { v1Route } from "../../lib/server/v1/answer.ts";
import { modelList } from "../../lib/server/v1/models.ts";

export const handler = v1Route("GET", (ctx) => Response.json(modelList(ctx.state.registry)));
