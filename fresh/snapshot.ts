/** What a build hands to the server. Free of build code, as production reads it too. */
import { setBuildId } from "./asset.ts";
import type { ResolvedFreshConfig } from "./config.ts";
import type { Island, IslandComponent } from "./island.ts";
import type { MaybeLazy } from "./lazy.ts";

/** A file that `staticFiles()` can serve. */
export interface StaticFile {
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Hash of the content. */
  readonly hash: string;
  /** Opens the content. */
  read(): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** A module of the routes folder. `file` is its path in that folder, without extension. */
export interface RouteFile {
  readonly file: string;
  readonly module: MaybeLazy<Record<string, unknown>>;
}

/** The result of a build: the one seam between the builder and the server. */
export interface Snapshot {
  readonly root: string;
  readonly buildId: string;
  /** URL path of the browser's boot module. */
  readonly clientEntry: string;
  /** URL path of the live-reload module, in development. */
  readonly devEntry?: string | undefined;
  readonly islands: ReadonlyMap<IslandComponent, Island>;
  readonly routes: readonly RouteFile[];
  readFile(path: string): StaticFile | undefined;
  /** In development: may put a page about an error in place of the response to it. */
  showError?(error: unknown, req: Request, response: Response): Response;
}

/** An app without a build: no islands, files or file routes. */
export const EMPTY_SNAPSHOT: Snapshot = {
  root: ".",
  buildId: "",
  clientEntry: "/_fresh/js/fresh-runtime.js",
  islands: new Map(),
  routes: [],
  readFile: () => undefined,
};

const snapshots = new WeakMap<object, Snapshot>();

/** Lets an app use the result of a build; its mode stays as it is. */
export function applySnapshot(
  app: { readonly config: ResolvedFreshConfig },
  snapshot: Snapshot,
): void {
  app.config.root = snapshot.root;
  snapshots.set(app, snapshot);
  setBuildId(snapshot.buildId);
}

/** The build that was applied to an app. */
export function snapshotOf(app: object): Snapshot | undefined {
  return snapshots.get(app);
}

/** Module namespaces of island files by their URL path, with the names that the build gave to the exports. */
export interface IslandModule {
  readonly file: string;
  readonly names: Readonly<Record<string, string>>;
  readonly module: Record<string, unknown>;
}

/** The registry by function identity. */
export function islandRegistry(modules: readonly IslandModule[]): Map<IslandComponent, Island> {
  const islands = new Map<IslandComponent, Island>();
  for (const { file, names, module } of modules) {
    for (const [exportName, name] of Object.entries(names)) {
      const fn = module[exportName];
      if (isComponent(fn)) islands.set(fn, { file, name, exportName, fn, css: [] });
    }
  }
  return islands;
}

/** Every function export of an island module is an island. */
export function isComponent(value: unknown): value is IslandComponent {
  return typeof value === "function";
}

/** A file of a disk build: `[file on disk, content type, hash, size]`. */
export type DiskFile = readonly [path: string, contentType: string, hash: string, sizeBytes: number];

/** Reads the files of a disk build, whose paths are relative to `base`. */
export function diskReader(base: string, files: Readonly<Record<string, DiskFile>>): Snapshot["readFile"] {
  const byPath = new Map(Object.entries(files));
  return (path) => {
    const entry = byPath.get(path);
    if (entry === undefined) return undefined;
    const [file, contentType, hash, sizeBytes] = entry;
    return { contentType, hash, sizeBytes, read: async () => (await Deno.open(new URL(file, base))).readable };
  };
}
