/** Builds an app for production, tests or development: `fresh/dev`. */
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { announce } from "./announce.ts";
import type { App } from "./app.ts";
import { bundle, fileUrl, stopBundler } from "./bundle.ts";
import { contentTypeOf, crawlSources, slashes, staticFilesIn } from "./crawl.ts";
import { compareFiles } from "./pattern.ts";
import { applySnapshot, type IslandModule, islandRegistry, type Snapshot, type StaticFile } from "./snapshot.ts";
import { cssUrls, type OnTransformOptions, type Transformer, transformFile, type TransformFn } from "./transform.ts";
import type { ListenOptions } from "./types.ts";
import { islandNames, isSpecial, serverCode, snapshotCode } from "./write.ts";

export type { OnTransformArgs, OnTransformOptions, TransformFn } from "./transform.ts";

/** Options of `new Builder()`; folders are relative to `root`. */
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
  sourceMap?: boolean | "linked" | "inline" | "external";
}

export interface ResolvedBuildConfig {
  readonly root: string;
  readonly outDir: string;
  readonly staticDir: readonly string[];
  readonly islandDir: string;
  readonly routeDir: string;
  readonly serverEntry: string;
  readonly target: string | string[];
  readonly ignore: readonly RegExp[];
  readonly sourceMap: BuildOptions["sourceMap"];
  readonly buildId: string;
}

/** Lets an app use the result of a build. */
export type ApplyBuild = <State>(app: App<State>) => void;

interface Mode {
  mode?: "development" | "production";
}

interface BuiltFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly hash: string;
  /** Where the content lies on disk already, unchanged. */
  readonly source: string | undefined;
}

/** Everything that a build found and made, before it is written or kept. */
interface Build {
  readonly mode: "development" | "production";
  readonly routes: readonly { readonly file: string; readonly path: string; readonly isEager: boolean }[];
  readonly islands: readonly (Omit<IslandModule, "module"> & { readonly path: string })[];
  readonly files: ReadonlyMap<string, BuiltFile>;
  readonly modules: ReadonlyMap<string, Record<string, unknown>>;
}

/**
 * Bundles islands, collects routes and static files.
 * @example
 * const builder = new Builder();
 * const apply = await builder.build({ snapshot: "memory" });
 * apply(app); // then app.handler()
 */
export class Builder {
  readonly config: ResolvedBuildConfig;
  readonly #specifiers: string[] = [];
  readonly #transformers: Transformer[] = [];

  constructor(options: BuildOptions = {}) {
    const root = resolve(options.root?.startsWith("file:") ? fileURLToPath(options.root) : options.root ?? ".");
    const at = (path: string) => isAbsolute(path) ? path : join(root, path);
    this.config = {
      root,
      outDir: at(options.outDir ?? "_fresh"),
      staticDir: [options.staticDir ?? "static"].flat().map(at),
      islandDir: at(options.islandDir ?? "islands"),
      routeDir: at(options.routeDir ?? "routes"),
      serverEntry: at(options.serverEntry ?? "main.ts"),
      target: options.target ?? "es2022",
      ignore: options.ignore ?? [],
      sourceMap: options.sourceMap,
      buildId: buildId(),
    };
  }

  /** Adds a module, by path or specifier, whose function exports are islands. */
  registerIsland(specifier: string): void {
    this.#specifiers.push(specifier);
  }

  /** Adds a function that changes static files whose path matches `filter`. */
  onTransformStaticFile(options: OnTransformOptions, transform: TransformFn): void {
    this.#transformers.push({ options, transform });
  }

  /**
   * Builds to `outDir`, or to memory for tests and servers that build when they start. esbuild's process has ended when
   * the promise resolves.
   */
  async build(options: Mode & { snapshot?: "disk" | "memory" } = {}): Promise<ApplyBuild> {
    const { mode = "production", snapshot = "disk" } = options;
    try {
      const build = await this.#collect(mode);
      if (snapshot === "disk") await this.#write(build);
      return this.#applier(build, undefined);
    } finally {
      await stopBundler();
    }
  }

  /** Serves an app in development: the page reloads when the process is started again by `deno run --watch`. */
  async listen(load: () => Promise<{ app: unknown }>, options: ListenOptions = {}): Promise<void> {
    const build = await this.#collect("development");
    await stopBundler();
    const { app } = await load();
    if (!isApp(app)) throw new TypeError(`Cannot serve this module as it exports no "app"`);
    this.#applier(build, `/_fresh/js/${this.config.buildId}/fresh-dev.js`)(app);
    const handler = app.handler();
    const revision = Date.now();
    const { port = 8000, onListen = announce(app.config.basePath) } = options;
    await Deno.serve({ ...options, port, onListen }, (req, info) => {
      const { pathname } = new URL(req.url);
      return pathname === "/_frsh/alive" ? alive(req, revision) : handler(req, info);
    }).finished;
  }

  async #collect(mode: "development" | "production"): Promise<Build> {
    const { config } = this;
    const sources = await crawlSources(config);
    const routes = [...sources.routes].sort(([a], [b]) => compareFiles(a, b));
    const modules = new Map<string, Record<string, unknown>>();
    const found: Build["routes"][number][] = [];
    for (const [file, path] of routes) {
      const isEager = isSpecial(file) || (await Deno.readTextFile(path)).includes("routeOverride");
      found.push({ file, path, isEager });
    }
    const registered = this.#specifiers.map((specifier) => resolveSpecifier(config.root, specifier));
    const islands: Build["islands"][number][] = [];
    const entries: Record<string, string> = { "fresh-runtime": join(HERE, "client.ts") };
    if (mode === "development") entries["fresh-dev"] = join(HERE, "client_dev.ts");
    const taken = new Set(Object.keys(entries));
    for (const path of [...sources.islands, ...registered]) {
      const module: Record<string, unknown> = await import(path.startsWith("/") ? fileUrl(path) : path);
      modules.set(path, module);
      const { entry, names } = islandNames(path, module, taken);
      if (Object.keys(names).length === 0) continue;
      entries[entry] = path;
      islands.push({ file: `/_fresh/js/${config.buildId}/${entry}.js`, names, path });
    }
    for (const { isEager, path } of found) if (isEager) modules.set(path, await import(fileUrl(path)));
    const files = await this.#files(mode, entries);
    return { mode, routes: found, islands, files, modules };
  }

  async #files(mode: "development" | "production", entries: Record<string, string>): Promise<Map<string, BuiltFile>> {
    const { root, buildId, target, staticDir, ignore, sourceMap = mode === "development" } = this.config;
    const files = new Map<string, BuiltFile>();
    const bundled = await bundle({ root, buildId, target, isDevelopment: mode === "development", sourceMap, entries });
    for (const [name, content] of bundled) {
      files.set(`/_fresh/js/${buildId}/${name}`, { content, hash: await hashOf(content), source: undefined });
    }
    const transformers = [...this.#transformers, cssUrls(buildId)];
    for (const folder of staticDir) {
      for await (const [url, source] of staticFilesIn(folder, ignore)) {
        if (files.has(url)) continue;
        const content = await Deno.readFile(source);
        for (const out of await transformFile({ url, content, mode, target }, transformers)) {
          const isSame = out.path === url && out.content === content;
          const hash = await hashOf(out.content);
          files.set(out.path, { content: out.content, hash, source: isSame ? source : undefined });
        }
      }
    }
    return files;
  }

  #applier(build: Build, devEntry: string | undefined): ApplyBuild {
    const { root, buildId } = this.config;
    const islands = build.islands.map((each) => ({ ...each, module: build.modules.get(each.path) ?? {} }));
    const snapshot: Snapshot = {
      root,
      buildId,
      devEntry,
      clientEntry: `/_fresh/js/${buildId}/fresh-runtime.js`,
      islands: islandRegistry(islands),
      routes: build.routes.map(({ file, path }) => ({
        file,
        module: build.modules.get(path) ?? (() => import(fileUrl(path))),
      })),
      readFile: (path) => memoryFile(path, build),
    };
    return (app) => applySnapshot(app, snapshot, build.mode);
  }

  async #write(build: Build): Promise<void> {
    const { outDir, root, serverEntry, buildId } = this.config;
    await Deno.remove(outDir, { recursive: true }).catch(() => {}); // Nothing was built before.
    const from = (path: string) => {
      const way = slashes(relative(outDir, path)).replaceAll(/[%?#]/g, encodeURIComponent);
      return way.startsWith(".") ? way : `./${way}`;
    };
    const files: Record<string, [string, string, string, number]> = {};
    for (const [url, { content, hash, source }] of build.files) {
      const path = source ?? join(outDir, "static", url);
      if (source === undefined) {
        await Deno.mkdir(dirname(path), { recursive: true });
        await Deno.writeFile(path, content);
      }
      files[url] = [from(path), contentTypeOf(url), hash, content.byteLength];
    }
    const code = snapshotCode({
      buildId,
      root: from(root),
      fresh: from(join(HERE, "snapshot.ts")),
      mode: build.mode,
      routes: build.routes.map(({ file, path, isEager }) => ({ file, path: from(path), isEager })),
      islands: build.islands.map(({ file, names, path }) => ({
        file,
        names,
        path: path.startsWith("/") ? from(path) : path,
      })),
      files,
    });
    await Deno.mkdir(outDir, { recursive: true });
    await Deno.writeTextFile(join(outDir, "snapshot.js"), code);
    await Deno.writeTextFile(join(outDir, "server.js"), serverCode(from(serverEntry)));
  }
}

const HERE = dirname(fileURLToPath(import.meta.url));

function resolveSpecifier(root: string, specifier: string): string {
  if (specifier.startsWith("file:")) return fileURLToPath(specifier);
  return specifier.startsWith(".") ? resolve(root, specifier) : specifier;
}

function memoryFile(path: string, { files, mode }: Build): StaticFile | undefined {
  const file = files.get(path);
  if (file === undefined) return undefined;
  const { content, hash } = file;
  return {
    contentType: contentTypeOf(path),
    sizeBytes: content.byteLength,
    hash: mode === "production" ? hash : undefined,
    read: () => Promise.resolve(content),
  };
}

async function hashOf(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-1", content)).toHex();
}

/** An id of the deployment if there is one, so that builds can be reproduced; else a random one. */
function buildId(): string {
  for (const name of ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"]) {
    const value = Deno.env.get(name);
    if (value) return value.replaceAll(/[^\w-]/g, "");
  }
  return crypto.randomUUID().replaceAll("-", "");
}

function isApp(value: unknown): value is App<unknown> {
  return typeof value === "object" && value !== null && "handler" in value && "config" in value;
}

function alive(req: Request, revision: number): Response {
  if (req.headers.get("upgrade") !== "websocket") return new Response(null, { status: 426 });
  const { socket, response } = Deno.upgradeWebSocket(req);
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "initial-state", revision })));
  return response;
}
