/** Bundles the browser runtime and the islands with esbuild. Build code: production never imports it. */
import * as esbuild from "esbuild";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isRecord, nearest } from "./deno_json.ts";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Source maps of the browser modules. */
export interface SourceMap {
  kind: boolean | "linked" | "inline" | "external" | "both";
  sourceRoot?: string;
  /** Whether the maps hold the sources. Default: true. */
  sourcesContent?: boolean;
}

export interface BundleOptions {
  readonly root: string;
  readonly buildId: string;
  readonly target: string | string[];
  readonly mode: "development" | "production";
  /** Default: in development only. */
  readonly sourceMap: SourceMap | undefined;
  /** Entry name to file or specifier. */
  readonly entries: Readonly<Record<string, string>>;
}

/** The files of the bundle by name, relative to the folder that the build id names. */
export async function bundle(options: BundleOptions): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const outdir = join(options.root, "_fresh_bundle");
  const isDevelopment = options.mode === "development";
  const result = await esbuild.build({
    entryPoints: { ...options.entries },
    outdir,
    absWorkingDir: options.root,
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: options.target,
    minify: !isDevelopment,
    sourcemap: options.sourceMap?.kind ?? isDevelopment,
    sourceRoot: options.sourceMap?.sourceRoot ?? "",
    sourcesContent: options.sourceMap?.sourcesContent ?? true,
    chunkNames: "chunk-[hash]",
    jsx: "automatic",
    jsxImportSource: "preact",
    jsxDev: false,
    tsconfigRaw: {},
    logLevel: "silent",
    define: {
      FRESH_BUILD_ID: JSON.stringify(options.buildId),
      "process.env.NODE_ENV": JSON.stringify(isDevelopment ? "development" : "production"),
    },
    plugins: [importMapPlugin(options.root), publicEnvPlugin()],
  });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path, contents } of result.outputFiles) {
    files.set(path.slice(outdir.length + 1).replaceAll("\\", "/"), new Uint8Array(contents));
  }
  return files;
}

/** Ends esbuild's process, so that this one can exit. */
export async function stopBundler(): Promise<void> {
  await esbuild.stop();
}

/** What Fresh itself needs, for projects that map nothing. */
const OWN_IMPORTS: Readonly<Record<string, string>> = {
  "fresh/runtime": join(HERE, "runtime.ts"),
  "@preact/signals": "npm:@preact/signals",
  devalue: "npm:devalue",
  preact: "npm:preact",
};

type Imports = Readonly<Record<string, unknown>>;

/** The target of a specifier in an import map: the exact key, or the longest key that ends in a slash. */
export function mapped(imports: Imports, specifier: string): string | undefined {
  const exact = imports[specifier];
  if (typeof exact === "string") return exact;
  const prefixes = Object.keys(imports).filter((key) => key.endsWith("/") && specifier.startsWith(key));
  const prefix = prefixes.sort((a, b) => b.length - a.length)[0];
  return prefix === undefined ? undefined : `${imports[prefix]}${specifier.slice(prefix.length)}`;
}

function importMapPlugin(root: string): esbuild.Plugin {
  return {
    name: "import-map",
    async setup(build) {
      const { folder, value: imports } = await nearest(root, "imports");
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (isRecord(args.pluginData) && args.pluginData["isMapped"] === true) return undefined;
        if (args.kind === "entry-point" && args.path.startsWith("/")) return { path: args.path };
        if (args.path.startsWith("file://")) return { path: fileURLToPath(args.path) };
        if (/^\.{0,2}\//.test(args.path)) return undefined;
        const isPackage = args.importer.includes("/node_modules/");
        const target = isPackage ? args.path : mapped(imports, args.path) ?? OWN_IMPORTS[args.path] ?? args.path;
        if (target.startsWith(".")) return { path: resolve(folder, target) };
        if (target.startsWith("/")) return { path: target };
        const path = npmPath(target);
        if (path === undefined) {
          return {
            errors: [{ text: `Cannot bundle "${args.path}": only files and npm packages can be, not ${target}` }],
          };
        }
        // Subtle: packages are looked up from the app first, so that the bundle has one copy of Preact: the app's.
        const folders = isPackage ? [args.resolveDir] : [folder, args.resolveDir, HERE];
        for (const resolveDir of folders) {
          const found = await build.resolve(path, { resolveDir, kind: args.kind, pluginData: { isMapped: true } });
          if (found.errors.length === 0) return { path: found.path, external: found.external };
        }
        return undefined;
      });
    },
  };
}

/** `npm:preact@10/hooks` is `preact/hooks`; a bare name is itself; any other scheme has no path. */
function npmPath(specifier: string): string | undefined {
  if (!/^[a-z]+:/.test(specifier)) return specifier;
  const [, name, subpath = ""] = /^npm:\/?((?:@[^/]+\/)?[^@/]+)(?:@[^/]*)?(\/.*)?$/.exec(specifier) ?? [];
  return name === undefined ? undefined : name + subpath;
}

const PUBLIC_ENV = /(?:Deno\.env\.get\(\s*["'](FRESH_PUBLIC_\w+)["']\s*\)|process\.env\.(FRESH_PUBLIC_\w+))/g;

/** Puts the values of `FRESH_PUBLIC_*` into the app's own modules. */
function publicEnvPlugin(): esbuild.Plugin {
  return {
    name: "public-env",
    setup(build) {
      build.onLoad({ filter: /\.[mc]?[jt]sx?$/ }, async ({ path }) => {
        if (path.includes("/node_modules/")) return undefined;
        const text = await Deno.readTextFile(path);
        if (!text.includes("FRESH_PUBLIC_")) return undefined;
        const contents = text.replaceAll(PUBLIC_ENV, (_, ofDeno, ofNode) => {
          const value = Deno.env.get(ofDeno ?? ofNode);
          return value === undefined ? "undefined" : JSON.stringify(value);
        });
        const loader = path.endsWith("x") ? "tsx" : "ts";
        return { contents, loader, resolveDir: dirname(path) };
      });
    },
  };
}
