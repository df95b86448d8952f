/** Bundles the browser runtime and the islands with esbuild. Build code: production never imports it. */
import * as esbuild from "esbuild";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { slashes } from "./crawl.ts";
import { isRecord, nearest } from "./deno_json.ts";
import { type SharedImports, sharedImports } from "./shared_files.ts";

/** Marks the lookup of what an entry itself is. */
const IS_ENTRY = Symbol("entry");

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
  // While one develops a build is to be quick, and its files are read from memory.
  const shared = options.mode === "development" ? new Map() : sharedImports((await build(options, outdir)).metafile);
  const { outputFiles } = await build(options, outdir, shared);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const { path, contents } of outputFiles) {
    files.set(path.slice(outdir.length + 1).replaceAll("\\", "/"), new Uint8Array(contents));
  }
  return files;
}

async function build(options: BundleOptions, outdir: string, shared: ReadonlyMap<string, SharedImports> = new Map()) {
  const isDevelopment = options.mode === "development";
  return await esbuild.build({
    entryPoints: { ...options.entries },
    outdir,
    absWorkingDir: options.root,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
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
    plugins: [sharedPlugin(options.root, shared), importMapPlugin(options.root), publicEnvPlugin()],
  });
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

/** Has entries load the modules that they share with others, so that esbuild puts these into one file. */
function sharedPlugin(root: string, shared: ReadonlyMap<string, SharedImports>): esbuild.Plugin {
  return {
    name: "shared",
    setup(build) {
      if (shared.size === 0) return;
      build.onResolve({ filter: /.*/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        if (pluginData === IS_ENTRY || (kind !== "entry-point" && kind !== "dynamic-import")) return undefined;
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: IS_ENTRY });
        return found.errors.length === 0 && shared.has(nameIn(root, found.path))
          ? { ...found, namespace: "shared" }
          : found;
      });
      build.onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => {
        const { exports, modules } = shared.get(nameIn(root, path)) ?? { exports: [], modules: [] };
        const lines = [`export { ${exports.join(", ")} } from ${JSON.stringify(path)};`];
        for (const module of modules) lines.push(`import ${JSON.stringify(resolve(root, module))};`);
        return { contents: lines.join("\n"), loader: "js", resolveDir: root };
      });
    },
  };
}

/** How a metafile calls a source. */
function nameIn(root: string, path: string): string {
  return slashes(relative(root, path));
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
