/** Collects everything that an app is made of: routes, bundled islands, static files. */
import { createHash } from "node:crypto";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { lockPath } from "./asset.ts";
import { jsFolder, type ResolvedBuildConfig } from "./build_config.ts";
import { bundle } from "./bundle.ts";
import { type BuiltRoute, collectRoutes, load } from "./build_routes.ts";
import { contentTypeOf, crawlSources, filesIn, isServed, slashes } from "./crawl.ts";
import { checkCompilerOptions } from "./deno_json.ts";
import { type IslandModule, islandRegistry, type Snapshot } from "./snapshot.ts";
import { cssUrls, type Transformer, transformFile } from "./transform.ts";

type Module = Record<string, unknown>;

interface BuiltFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly hash: string;
}

/** Everything that a build found and made, before it is written or kept. */
export interface Build {
  readonly routes: readonly BuiltRoute[];
  readonly islands: readonly (IslandModule & { readonly path: string })[];
  readonly files: ReadonlyMap<string, BuiltFile>;
}

/** What the app adds to the files of its folders. */
export interface Additions {
  readonly islands: ReadonlySet<string>;
  readonly transformers: readonly Transformer[];
}

const HERE = dirname(fileURLToPath(import.meta.url));

/** @throws when the project cannot be built: the message names the file and what to do. */
export async function collect(config: ResolvedBuildConfig, additions: Additions): Promise<Build> {
  await checkCompilerOptions(config.root);
  const sources = await crawlSources(config);
  const routes = await collectRoutes(sources.routes, config.root);

  const entries: Record<string, string> = { "fresh-runtime": join(HERE, "client.ts") };
  if (config.mode === "development") entries["fresh-dev"] = join(HERE, "client_dev.ts");
  const taken = new Set(Object.keys(entries));
  const paths = [...new Set([...sources.islands, ...additions.islands])];
  const modules = await Promise.all(paths.map(async (path) => ({ path, module: await load(path) })));
  const islands: Build["islands"][number][] = [];
  for (const { path, module } of modules) {
    const { entry, names } = islandNames(path, module, taken);
    if (Object.keys(names).length === 0) continue;
    entries[entry] = path;
    islands.push({ file: `${jsFolder(config.buildId)}/${entry}.js`, names, path, module });
  }
  const [browser, statics] = await Promise.all([
    bundle({ ...config, entries }),
    staticFiles(config, additions.transformers),
  ]);
  const files = new Map(statics);
  for (const [name, content] of browser) {
    files.set(`${jsFolder(config.buildId)}/${name}`, { content, hash: hashOf(content) });
  }
  return { routes, islands, files };
}

async function staticFiles(
  { root, buildId, target, staticDir, ignore, mode, outDir }: ResolvedBuildConfig,
  transformers: readonly Transformer[],
): Promise<Map<string, BuiltFile>> {
  const files = new Map<string, BuiltFile>();
  const all = [...transformers, cssUrls((path) => lockPath(path, buildId))];
  for (const folder of staticDir) {
    const urlOf = (path: string) => `/${slashes(relative(folder, path))}`;
    for await (const source of filesIn(folder, [...ignore])) {
      if (!isServed(urlOf(source)) || source.startsWith(`${outDir}/`)) continue;
      const content = await Deno.readFile(source);
      for (const made of await transformFile({ path: source, content, root, mode, target }, all)) {
        const url = urlOf(made.path);
        if (url.startsWith("/../")) {
          throw new TypeError(`Cannot build "${made.path}" as it is outside of the static folder "${folder}"`);
        }
        if (files.has(url)) continue;
        files.set(url, { content: made.content, hash: hashOf(made.content) });
      }
    }
  }
  return files;
}

function hashOf(content: Uint8Array): string {
  return createHash("sha1").update(content).digest("hex");
}

/**
 * Names for the bundle entry and the function exports of an island module, none of which is in `taken` yet. The default
 * export is called as the file, any other by its own name.
 */
export function islandNames(
  path: string,
  module: Module,
  taken: Set<string>,
): { entry: string; names: Record<string, string> } {
  const base = basename(path, extname(path)).replaceAll(/[^A-Za-z0-9$]+/g, "_").replace(/^\d+_?/, "_");
  const names: Record<string, string> = {};
  for (const [exportName, value] of Object.entries(module)) {
    if (typeof value !== "function") continue;
    names[exportName] = unique(exportName === "default" ? base : exportName, taken);
  }
  return { entry: names["default"] ?? unique(base, taken), names };
}

function unique(name: string, taken: Set<string>): string {
  let result = name;
  for (let i = 1; taken.has(result); i++) result = `${name}_${i}`;
  taken.add(result);
  return result;
}

/** A build that stays in memory. */
export function memorySnapshot(build: Build, { root, buildId }: ResolvedBuildConfig): Snapshot {
  return {
    root,
    buildId,
    clientEntry: `${jsFolder(buildId)}/fresh-runtime.js`,
    islands: islandRegistry(build.islands),
    routes: build.routes.map(({ file, path, module }) => ({ file, module: module ?? (() => load(path)) })),
    readFile: (path) => {
      const file = build.files.get(path);
      if (file === undefined) return undefined;
      const { content, hash } = file;
      const sizeBytes = content.byteLength;
      return { contentType: contentTypeOf(path), sizeBytes, hash, read: () => Promise.resolve(content) };
    },
  };
}
