/** What a build is told: its options, and where its files go. */
import type { SourceMap } from "./bundle.ts";

/** Options of `new Builder()`; paths may be file URLs and are relative to `root`. */
export interface BuildOptions {
  /** Default: the working directory. */
  root?: string;
  /** Default: `_fresh`. */
  outDir?: string;
  /** Default: `static`. The first folder that has a file wins. */
  staticDir?: string | string[];
  /** Default: `islands`. */
  islandDir?: string;
  /** Default: `routes`. */
  routeDir?: string;
  /** Module that exports `app`. Default: `main.ts`. */
  serverEntry?: string;
  /** Oldest browsers to support. Default: `es2022`. */
  target?: string | string[];
  /** Files to leave out. */
  ignore?: RegExp[];
  /** Default: in development only. */
  sourceMap?: SourceMap;
}

export interface ResolvedBuildConfig extends Required<Omit<BuildOptions, "sourceMap" | "staticDir">> {
  staticDir: string[];
  sourceMap: BuildOptions["sourceMap"];
  mode: "development" | "production";
  buildId: string;
}

/** Where the browser modules of a build are served. */
export function jsFolder(buildId: string): string {
  return `/_fresh/js/${buildId}`;
}
