/** Options that `main.ts` (the app) and `dev.ts` (its build) share. */
import type { FreshConfig } from "fresh";
import type { BuildOptions } from "fresh/dev";

const root = import.meta.dirname ?? ".";

export default {
  app: { basePath: "" } satisfies FreshConfig,
  build: { root, outDir: "_fresh", target: "es2022" } satisfies BuildOptions,
};
