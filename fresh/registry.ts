/** What registrations act on, and how a route gets from its scope into the router. */
import type { Context } from "./context.ts";
import { joinPath } from "./pattern.ts";
import type { Router } from "./router.ts";
import { chainOf, runRoute, type Scope, scopeAt, withHandler } from "./scope.ts";
import type { Snapshot } from "./snapshot.ts";
import type { MaybeLazy } from "./lazy.ts";
import type { MaybeLazyMiddleware, Route } from "./handler.ts";
import { METHODS, type RouteConfig } from "./types.ts";

/** What registrations act on when a handler is made. */
export interface Registry<State> {
  readonly root: Scope<State>;
  readonly router: Router<readonly MaybeLazyMiddleware<State>[]>;
  readonly snapshot: Snapshot;
  /** Prefix of patterns. Scopes are inside the app and go without it. */
  readonly basePath: string;
}

/** Registers a route in its scope for the methods that it answers. */
export function addRoute<State>(
  { root, router, basePath }: Registry<State>,
  base: string,
  def: { path: string; scope: string; route: MaybeLazy<Route<State>>; config?: RouteConfig | undefined },
): void {
  const { route, config } = def;
  const chain = chainOf(scopeAt(root, joinPath(base, def.scope)));
  if (typeof route === "function") {
    const pattern = joinPath(basePath, joinPath(base, config?.routeOverride ?? def.path));
    const steps = [...chain, async (ctx: Context<State>) => runRoute(ctx, await route())];
    const methods = config?.methods === undefined || config.methods === "ALL" ? METHODS : config.methods;
    for (const method of methods) router.add(method, pattern, steps);
    return;
  }
  const full = withHandler(route);
  const path = full.config?.routeOverride ?? config?.routeOverride ?? def.path;
  const pattern = joinPath(basePath, joinPath(base, path));
  const steps = [...chain, (ctx: Context<State>) => runRoute(ctx, full)];
  const methods = typeof full.handler === "function" ? METHODS : METHODS.filter((method) => method in full.handler);
  for (const method of methods) router.add(method, pattern, steps);
}
