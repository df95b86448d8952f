/** Helpers that work on the server and in the browser: `fresh/runtime`. */
import { type ComponentChildren, Fragment, h, type VNode } from "preact";

export { asset, assetSrcSet } from "./asset.ts";
export { HttpError } from "./error.ts";
export { Head, type HeadProps } from "./head.ts";

/** Whether this code runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

export interface PartialProps {
  /** Unique on the page. */
  name: string;
  /** What happens to the old content. Default: `replace`. */
  mode?: "replace" | "append" | "prepend";
  children?: ComponentChildren;
}

/** A part of the page that client navigation changes. Not inside an island. */
export function Partial(props: PartialProps): VNode {
  return h(Fragment, null, props.children);
}
Partial.displayName = "Partial";
