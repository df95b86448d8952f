import { type ComponentChildren, h, type VNode } from "preact";

// Vnodes whose type is known only while rendering; Preact's overloads ask for one that is known when compiling.
// deno-lint-ignore no-explicit-any
const create: (type: any, props: object | null, ...children: ComponentChildren[]) => VNode<any> = h;

/** A vnode of any element or component. */
export function element(type: unknown, props: object | null, ...children: ComponentChildren[]): VNode {
  return create(type, props, ...children);
}
