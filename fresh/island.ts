/** A component that the browser brings to life. */
import type { ComponentType } from "preact";

// Props differ from island to island; what is sent is checked when it is serialised.
// deno-lint-ignore no-explicit-any
export type IslandComponent = ComponentType<any>;

/** One function export of an island module. */
export interface Island {
  /** URL path of the browser module. */
  file: string;
  /** Unique on the site, and a JavaScript identifier. */
  name: string;
  exportName: string;
  fn: IslandComponent;
  css: string[];
}
