/** Checks the route modules of a project while building, and finds out which of them the server loads at its start. */
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { slashes, type SourceFiles } from "./crawl.ts";
import { fileToPattern, isSpecial } from "./pattern.ts";
import { METHODS } from "./types.ts";

type Module = Record<string, unknown>;

/** A route module; one without `module` is loaded when it is first asked. */
export interface BuiltRoute {
  readonly file: string;
  readonly path: string;
  readonly module: Module | undefined;
}

/** @throws when files answer the same requests or export nothing. */
export async function collectRoutes(sources: SourceFiles["routes"], root: string): Promise<BuiltRoute[]> {
  const routes = await Promise.all(sources.map(async ({ file, path }) => {
    const text = await Deno.readTextFile(path);
    if (!/\bexport\b/.test(text)) {
      const name = slashes(relative(root, path));
      throw new TypeError(`Could not find relevant exports in: ${name}: export a component as default, or a handler`);
    }
    const isEager = isSpecial(file) || text.includes("routeOverride");
    return { file, path, module: isEager ? await load(path) : undefined };
  }));
  for (const group of byPattern(routes)) {
    if (group.length === 1) continue;
    // Subtle: files of different groups may share a path with different methods; the server then has to know these.
    for (const route of group) route.module ??= await load(route.path);
    checkMethods(group, root);
  }
  return routes;
}

export async function load(path: string): Promise<Module> {
  return await import(path.startsWith("/") ? pathToFileURL(path).href : path);
}

interface Collected extends BuiltRoute {
  module: Module | undefined;
}

/** The routes that answer the same URLs, whatever their parameters are called. */
function byPattern(routes: readonly Collected[]): Collected[][] {
  const pages = routes.filter(({ file }) => !isSpecial(file));
  return Map.groupBy(pages, (route) => patternOf(route).replaceAll(/:\w+/g, ":")).values().toArray();
}

function patternOf({ file, module }: BuiltRoute): string {
  const config: { routeOverride?: unknown } = Object(module?.["config"]);
  return typeof config.routeOverride === "string" ? config.routeOverride : fileToPattern(file);
}

/** Refuses files that answer the same requests, as only the first would ever be asked. */
function checkMethods(group: readonly BuiltRoute[], root: string): void {
  const taken = new Map<string, string>();
  for (const route of group) {
    const name = slashes(relative(root, route.path));
    for (const method of methodsOf(route.module ?? {})) {
      const other = taken.get(method);
      if (other !== undefined) {
        const what = `both answer "${patternOf(route)}"`;
        throw new TypeError(`Cannot build as "${other}" and "${name}" ${what}: rename or remove one`);
      }
      taken.set(method, name);
    }
  }
}

function methodsOf(module: Module): readonly string[] {
  const handler = module["handler"] ?? module["handlers"];
  if (typeof handler !== "object" || handler === null) return METHODS;
  const own = METHODS.filter((method) => method in handler);
  return module["default"] === undefined || own.includes("GET") ? own : [...own, "GET"];
}
