import { HttpError } from "fresh";
import { define } from "../../../lib/server/define.ts";

/** The first component of the module that the address names. */
export const handler = define.handlers({
  GET(ctx) {
    const module = ctx.state.registry.module(ctx.params.module ?? "");
    const component = module?.components[0];
    if (module === undefined || component === undefined) throw new HttpError(404, "There is no such page.");
    return ctx.redirect(`/${module.name}/${component.name}`);
  },
});
