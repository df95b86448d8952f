import { apiRoute } from "../../lib/server/api_route.ts";

/** The modules and their components, in the order of the rail. */
export const handler = apiRoute({
  GET({ state }) {
    const modules = state.registry.modules.map(({ name, title, components, tasks, generators }) => ({
      name,
      title,
      components: components.map(({ name, title, kind }) => ({ name, title, kind })),
      tasks: Object.keys(tasks),
      generators: Object.keys(generators),
    }));
    return Response.json({ modules });
  },
});
