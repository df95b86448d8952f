/** Calling the components of a route: pages, layouts and the app wrapper. */
import { type ComponentChildren, Fragment, type FunctionComponent, h, isValidElement, type VNode } from "preact";
import type { PageProps, RouteComponent } from "./types.ts";
import { element } from "./vnode.ts";

/** What of a context props are made of, and where an async component finds what it wraps. */
type Rendered<State> = Omit<PageProps<unknown, State>, "Component"> & { Component: FunctionComponent };

/** The props of a page, layout or app wrapper. */
export function pageProps<State>(ctx: Rendered<State>, Component: FunctionComponent): PageProps<unknown, State> {
  const { config, url, req, params, info, state, isPartial, route, error, data } = ctx;
  return { config, url, req, params, info, state, isPartial, route, error, data, Component };
}

/**
 * The vnode of a component, or the `Response` of an async one. Only an `async function` is called here; any other is
 * left to Preact, so that it may use hooks.
 */
export async function renderComponent<State>(
  ctx: Rendered<State>,
  component: RouteComponent<State>,
  Component: FunctionComponent,
): Promise<VNode | Response | null> {
  const props = pageProps(ctx, Component);
  if (!isAsync(component)) return element(component, props);
  ctx.Component = Component;
  const result = await component(props);
  if (result instanceof Response) return result;
  if (result === null || result === undefined) return null;
  return isVNode(result) ? result : h(Fragment, null, result);
}

type AsyncComponent<State> = (props: PageProps<unknown, State>) => Promise<ComponentChildren | Response>;

function isAsync<State>(component: RouteComponent<State>): component is AsyncComponent<State> {
  return component.constructor.name === "AsyncFunction";
}

function isVNode(value: ComponentChildren): value is VNode {
  return isValidElement(value);
}
