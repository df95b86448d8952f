/** Paths that are locked to one build, and so may be cached for a year. */

declare const FRESH_BUILD_ID: string | undefined;

/** The query parameter that carries the build id. */
export const CACHE_KEY = "__frsh_c";

// The bundler puts the id in; on the server the applied snapshot sets it.
let buildId = typeof FRESH_BUILD_ID === "string" ? FRESH_BUILD_ID : "";

/** Sets the id that `asset()` adds. Called when a build is applied. */
export function setBuildId(id: string): void {
  buildId = id;
}

/**
 * Adds the build id to a local path, so that it can be cached for a year.
 * @example asset("/app.css") // "/app.css?__frsh_c=4f2a…"
 */
export function asset(path: string): string {
  return lockPath(path, buildId);
}

/** Adds a build id to a local path that has none yet. */
export function lockPath(path: string, id: string): string {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes(CACHE_KEY)) return path;
  const [beforeHash = "", ...hash] = path.split("#");
  const separator = beforeHash.includes("?") ? "&" : "?";
  return [`${beforeHash}${separator}${CACHE_KEY}=${id}`, ...hash].join("#");
}

/** Applies `asset()` to each candidate of a `srcset`; one that is malformed or holds parentheses stays as it is. */
export function assetSrcSet(srcset: string): string {
  const parts = srcset.split(",");
  if (srcset.includes("(") || parts.some((part) => part.trim() === "")) return srcset;
  return parts.map((part) => part.replace(/\S+/, asset)).join(",");
}
