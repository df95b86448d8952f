/** From the modules of the routes folder to registrations. */
import { fileToPattern, fileToScope, joinPath } from "./pattern.ts";
import { addRoute, type Registry } from "./registry.ts";
import { scopeAt } from "./scope.ts";
import type { RouteFile } from "./snapshot.ts";
import type { HandlerByMethod, HandlerFn, Middleware, Route } from "./handler.ts";
import type { RouteComponent, RouteConfig } from "./types.ts";
import { METHODS } from "./types.ts";

type Module = Record<string, unknown>;

/** Registers one file: special files change their folder's scope, all others become routes in it. */
export function registerRouteFile<State>(registry: Registry<State>, base: string, { file, module }: RouteFile): void {
  const scopePath = fileToScope(file);
  const name = file.slice(file.lastIndexOf("/") + 1);
  const load = module;
  if (typeof load === "function") {
    const path = fileToPattern(file);
    let loaded: Promise<Route<State>> | undefined;
    const route = () => loaded ??= load().then((each) => routeOf<State>(each, file));
    addRoute(registry, base, { path, scope: scopePath, route });
    return;
  }
  const scope = scopeAt(registry.root, joinPath(base, scopePath));
  switch (name) {
    case "_app":
      if (scopePath === "/") registry.root.app = componentOf<State>(load, file);
      return;
    case "_middleware":
      scope.middlewares.push(...middlewaresOf<State>(load, file));
      return;
    case "_layout":
      if (handlerOf(load) !== undefined) warn("Layout does not support handlers", file);
      scope.layout = { component: componentOf<State>(load, file), config: configOf(load) ?? {} };
      return;
    case "_error":
    case "_500":
      scope.errorRoute = routeOf<State>(load, file);
      return;
    case "_404":
      registry.root.notFound = routeOf<State>(load, file);
      return;
    default:
      addRoute(registry, base, { path: fileToPattern(file), scope: scopePath, route: routeOf<State>(load, file) });
  }
}

/** Checks what a route module exports. */
function routeOf<State>(module: Module, file: string): Route<State> {
  const component = module["default"];
  const handler = handlerOf(module);
  if (component === undefined && handler === undefined && configOf(module) === undefined) throw nothingIn(file);
  const route: Route<State> = { config: configOf(module), css: stylesOf(module) };
  if (component !== undefined) route.component = componentOf<State>(module, file);
  if (isHandlerFn<State>(handler)) route.handler = checkedHandler(handler, file);
  else if (isMethodMap<State>(handler)) {
    for (const fn of Object.values(handler)) checkedHandler(fn, file);
    route.handler = handler;
  }
  return route;
}

function handlerOf(module: Module): unknown {
  return module["handler"] ?? module["handlers"];
}

function warn(what: string, file: string): void {
  console.warn(`🍋 %c[WARNING] Unsupported route config: ${what} in routes/${file}`, "color:rgb(251, 184, 0)");
}

function nothingIn(file: string): Error {
  return new Error(`Could not find relevant exports in: ${file}`);
}

function checkedHandler<State>(fn: HandlerFn<unknown, State>, file: string): HandlerFn<unknown, State> {
  if (fn.length <= 1) return fn;
  throw new Error(
    `Cannot use a handler of "${file}": it must take the context alone, but takes ${fn.length} parameters`,
  );
}

function componentOf<State>(module: Module, file: string): RouteComponent<State> {
  const component = module["default"];
  if (!isComponentOf<State>(component)) throw nothingIn(file);
  return component;
}

function middlewaresOf<State>(module: Module, file: string): Middleware<State>[] {
  const value = handlerOf(module) ?? module["default"];
  if (isMethodMap(value)) {
    warn("Middleware does not support object handlers with GET, POST, etc.", file);
    return [];
  }
  const all: unknown[] = Array.isArray(value) ? value : [value];
  if (!all.every((each) => isMiddleware<State>(each))) throw nothingIn(file);
  return all;
}

// The modules are the app's own: that their functions fit the app's state was checked where they were written.
function isComponentOf<State>(value: unknown): value is RouteComponent<State> {
  return typeof value === "function";
}
function isMiddleware<State>(value: unknown): value is Middleware<State> {
  return typeof value === "function";
}
function isHandlerFn<State>(value: unknown): value is HandlerFn<unknown, State> {
  return typeof value === "function";
}
function isMethodMap<State>(value: unknown): value is HandlerByMethod<unknown, State> {
  return typeof value === "object" && value !== null && METHODS.some((method) => method in value);
}

function configOf(module: Module): RouteConfig | undefined {
  const config = module["config"];
  return typeof config === "object" && config !== null ? config : undefined;
}

function stylesOf(module: Module): string[] | undefined {
  const css = module["css"];
  return Array.isArray(css) ? css.filter((each) => typeof each === "string") : undefined;
}
