/** Builds an app for production, tests or development: `fresh/dev`. */
import { createHash } from "node:crypto";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "./app.ts";
import { collect, memorySnapshot } from "./build.ts";
import { type BuildOptions, jsFolder, type ResolvedBuildConfig } from "./build_config.ts";
import { stopBundler } from "./bundle.ts";
import { listen } from "./listen.ts";
import { errorPage, isShownError } from "./overlay.tsx";
import { applySnapshot } from "./snapshot.ts";
import type { OnTransformOptions, Transformer, TransformFn } from "./transform.ts";
import type { ListenOptions } from "./types.ts";
import { writeBuild } from "./write.ts";

export type { BuildOptions, ResolvedBuildConfig } from "./build_config.ts";
export type { OnTransformArgs, OnTransformOptions, TransformFn } from "./transform.ts";

/**
 * Bundles islands, collects routes and static files.
 * @example
 * const builder = new Builder();
 * const apply = await builder.build({ snapshot: "memory" });
 * apply(app); // then app.handler()
 */
// deno-lint-ignore no-explicit-any
export class Builder<State = any> {
  readonly config: ResolvedBuildConfig;
  readonly #islands = new Set<string>();
  readonly #transformers: Transformer[] = [];

  constructor(options: BuildOptions = {}) {
    const root = resolve(pathOf(options.root ?? "."));
    const at = (path: string) => isAbsolute(pathOf(path)) ? pathOf(path) : join(root, path);
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
      mode: "production",
      buildId: buildId(),
    };
  }

  /** Adds a module, by path or specifier, whose function exports are islands. */
  registerIsland(specifier: string): void {
    const path = pathOf(specifier);
    this.#islands.add(path.startsWith(".") ? resolve(this.config.root, path) : path);
  }

  /** Adds a function that changes static files whose path matches `filter`. */
  onTransformStaticFile(options: OnTransformOptions, transform: TransformFn): void {
    this.#transformers.push({ options, transform });
  }

  /**
   * Builds to `outDir`, or to memory for tests and servers that build when they start; gives the function that lets an
   * app use the result. esbuild's process has ended when the promise resolves.
   */
  async build(
    options: { mode?: "development" | "production"; snapshot?: "disk" | "memory" } = {},
  ): Promise<(app: App<State>) => void> {
    const build = await this.#collect(options.mode ?? "production");
    if (options.snapshot !== "memory") await writeBuild(build, this.config);
    const snapshot = memorySnapshot(build, this.config);
    return (app) => applySnapshot(app, snapshot);
  }

  /**
   * Serves an app in development: an error has a page that shows the source, and open pages reload when the process is
   * started again by `deno run --watch`.
   */
  async listen(load: () => Promise<{ app: App<State> } | App<State>>, options: ListenOptions = {}): Promise<void> {
    const build = await this.#collect("development");
    const loaded = await load();
    const app = "app" in loaded ? loaded.app : loaded;
    if (!isApp(app)) throw new TypeError(`Cannot serve this module as it exports no "app"`);
    const { root, buildId } = this.config;
    const devEntry = `${jsFolder(buildId)}/fresh-dev.js`;
    app.config.mode = "development";
    applySnapshot(app, {
      ...memorySnapshot(build, this.config),
      devEntry,
      showError: (error, req, response) =>
        isShownError(req, response)
          ? errorPage(error, response.status, root, app.config.basePath + devEntry)
          : response,
    });
    const handler = app.handler();
    const revision = Date.now();
    listen(options, app.config.basePath, (req, info) => {
      const { pathname } = new URL(req.url);
      return pathname === "/_frsh/alive" ? alive(req, revision) : handler(req, info);
    });
  }

  async #collect(mode: "development" | "production") {
    this.config.mode = mode;
    try {
      return await collect(this.config, { islands: this.#islands, transformers: this.#transformers });
    } finally {
      await stopBundler();
    }
  }
}

function pathOf(specifier: string): string {
  return specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier;
}

/** A hash of the deployment's id if there is one, so that builds can be reproduced; else random. */
function buildId(): string {
  const names = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];
  const id = names.map((name) => Deno.env.get(name)).find(Boolean) ?? crypto.randomUUID();
  return createHash("sha1").update(id).digest("hex");
}

function isApp(value: unknown): boolean {
  return typeof value === "object" && value !== null && "handler" in value && "config" in value;
}

function alive(req: Request, revision: number): Response {
  if (req.headers.get("upgrade") !== "websocket") return new Response(null, { status: 426 });
  const { socket, response } = Deno.upgradeWebSocket(req);
  socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "initial-state", revision })));
  return response;
}
