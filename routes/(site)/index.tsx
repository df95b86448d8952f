import { HttpError } from "fresh";
import { define } from "../../lib/server/define.ts";

/** The first component of the first module. */
export const handler = define.handlers({
  GET(ctx) {
    const module = ctx.state.registry.modules[0];
    const component = module?.components[0];
    if (module === undefined || component === undefined) throw new HttpError(404, "No module is loaded.");
    return ctx.redirect(`/${module.name}/${component.name}`);
  },
});
