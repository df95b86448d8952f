/** Finds the files that a build is made of. */
import { extname, join, relative } from "node:path";
import { compareFiles } from "./pattern.ts";

const MODULE = /\.[jt]sx?$/;
const TEST = /[._]test\.[jt]sx?$/;

/** What a build reads. */
export interface SourceFiles {
  /** Route modules; `file` is the path below the routes folder without extension. */
  readonly routes: readonly { readonly file: string; readonly path: string }[];
  readonly islands: readonly string[];
}

/** The route modules and island modules of a project. */
export async function crawlSources(
  { routeDir, islandDir, ignore }: { routeDir: string; islandDir: string; ignore: readonly RegExp[] },
): Promise<SourceFiles> {
  const routes: SourceFiles["routes"][number][] = [];
  const islands: string[] = [];
  for await (const path of filesIn(islandDir, ignore)) {
    if (MODULE.test(path) && !TEST.test(path)) islands.push(path);
  }
  for await (const path of filesIn(routeDir, ignore)) {
    if (!MODULE.test(path) || TEST.test(path)) continue;
    const file = slashes(relative(routeDir, path));
    if (file.includes("(_islands)/")) islands.push(path);
    else if (!/(^|\/)\(_[^/]*\)\//.test(file)) routes.push({ file: file.slice(0, -extname(file).length), path });
  }
  return { routes: routes.sort((a, b) => compareFiles(a.file, b.file)), islands: islands.sort() };
}

/** Whether a static file may be shown: none that begins with a dot, or is in such a folder, but `.well-known`. */
export function isServed(url: string): boolean {
  return !/\/\.(?!well-known\/)/.test(url);
}

/** The files below a folder, in the order of their names. */
export async function* filesIn(folder: string, ignore: readonly RegExp[]): AsyncGenerator<string> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return; // Each of the folders is optional.
    throw error;
  }
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, name);
    if (ignore.some((pattern) => pattern.test(path))) continue;
    if (isDirectory) yield* filesIn(path, ignore);
    else yield path;
  }
}

export function slashes(path: string): string {
  return path.replaceAll("\\", "/");
}

const TYPES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bin: "application/octet-stream",
  css: "text/css; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ico: "image/vnd.microsoft.icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  map: "application/json; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  mp4: "video/mp4",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  ttf: "font/ttf",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xml: "application/xml; charset=utf-8",
};

/** The content type of a path, by its extension. */
export function contentTypeOf(path: string): string {
  return TYPES[extname(path).slice(1).toLowerCase()] ?? "application/octet-stream";
}
