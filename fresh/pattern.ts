/** From file paths to URL patterns, and the order in which file routes are registered. */

/** Names of files that shape other routes instead of being one, and their order. */
const SPECIAL_RANK: Readonly<Record<string, number>> = {
  _app: 0,
  _middleware: 1,
  _layout: 2,
  _404: 2,
  _error: 3,
  _500: 3,
};

/** Whether a route file shapes others; such files are loaded when the server starts. */
export function isSpecial(file: string): boolean {
  return file.slice(file.lastIndexOf("/") + 1) in SPECIAL_RANK;
}

/**
 * The URL pattern of a route file (path without extension, relative to the routes folder).
 * @example fileToPattern("(site)/runs/[id]") // "/runs/:id"
 * @throws SyntaxError when two parameters touch or a bracket is not closed.
 */
export function fileToPattern(file: string): string {
  const segments = file.split("/").filter((segment) => segment !== "" && !isGroup(segment));
  if (segments.at(-1) === "index") segments.pop();
  let pattern = "";
  for (const segment of segments) {
    const optional = /^\[\[([^\[\]]+)\]\]$/.exec(segment);
    if (optional === null) pattern += `/${segmentToPattern(segment, file)}`;
    // Subtle: the slash belongs to the optional part, except for the very first one, which every URL has.
    else pattern += pattern === "" ? `/{:${optional[1]}}?` : `{/:${optional[1]}}?`;
  }
  return pattern === "" ? "/" : pattern;
}

function segmentToPattern(segment: string, file: string): string {
  const rest = /^\[\.\.\.([^\[\]]+)\]$/.exec(segment);
  if (rest !== null) return `:${rest[1]}*`;
  if (segment.includes("][")) {
    throw new SyntaxError(`Cannot derive a route from "${file}": parameters must be separated by a character`);
  }
  const pattern = segment.replaceAll(/\[([^\[\].]+)\]/g, ":$1");
  if (/[\[\]]/.test(pattern)) {
    throw new SyntaxError(`Cannot derive a route from "${file}": "${segment}" is not a valid parameter`);
  }
  return pattern;
}

/** Whether a folder name, such as `(site)`, only groups routes and adds nothing to the URL. */
export function isGroup(segment: string): boolean {
  return segment.startsWith("(") && segment.endsWith(")");
}

/**
 * The scope that a file belongs to: its folder, with groups kept and parameters in pattern syntax.
 * @example fileToScope("(site)/runs/[id]") // "/(site)/runs"
 */
export function fileToScope(file: string): string {
  const folders = file.split("/").slice(0, -1);
  const scope = folders.map((folder) => isGroup(folder) ? folder : fileToPattern(folder).slice(1)).join("/");
  return `/${scope}`;
}

/**
 * The scopes on the way to a path, outermost first; the root scope is left out.
 * @example scopeSegments("/a{/:b}?/c") // ["a", "c"]
 */
export function scopeSegments(path: string): string[] {
  if (path === "*" || path === "/*") return [];
  return path.replaceAll(/\{[^}]*\}\?/g, "").split("/").filter((segment) => segment !== "");
}

/**
 * Puts a pattern below a base path.
 * @example joinPath("/docs", "/") // "/docs"
 */
export function joinPath(base: string, path: string): string {
  const prefix = base === "*" || base === "/" ? "" : base.replace(/\/$/, "");
  if (path === "*" || path === "") return prefix === "" ? path || "/" : prefix;
  if (path === "/") return prefix === "" ? "/" : prefix;
  return prefix + (path.startsWith("/") || path.startsWith("{") ? path : `/${path}`);
}

/**
 * Compares two route files (without extension) by the order in which they are registered: special files,
 * `index`, static names (deeper paths first), groups, parameters, rest parameters.
 */
export function compareFiles(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const x = left[i];
    const y = right[i];
    if (x === undefined) return 1;
    if (y === undefined) return -1;
    if (x === y) continue;
    const byRank = rank(x, i === left.length - 1) - rank(y, i === right.length - 1);
    if (byRank !== 0) return byRank;
    return x < y ? -1 : 1;
  }
  return 0;
}

function rank(segment: string, isFile: boolean): number {
  if (isFile) {
    if (segment === "index") return 4;
    const special = SPECIAL_RANK[segment];
    if (special !== undefined) return special;
  }
  if (isGroup(segment)) return 6;
  if (segment.startsWith("[...")) return 8;
  return segment.includes("[") ? 7 : 5;
}
