/** Writes `static/twind.css`: the rules for every class that a view, route or island names. */
import { twind, virtual } from "@twind/core";
import config from "./twind.config.ts";

const SOURCES = ["routes", "islands", "lib/ui", "lib/elements"];

/**
 * The classes in a source text: those in `class="…"` attributes and those in the string literals of `cx(…)` calls.
 * Classes stand nowhere else, so that none can be computed at run time and be missing from the sheet.
 */
export function classesIn(source: string): readonly string[] {
  const attributes = [...source.matchAll(/\bclass="([^"]*)"/g)].map((match) => match[1] ?? "");
  const calls = [...source.matchAll(/\bcx\(/g)].flatMap((match) =>
    [...argumentsFrom(source, match.index + match[0].length).matchAll(/"([^"]*)"/g)].map((literal) => literal[1] ?? "")
  );
  return [...new Set([...attributes, ...calls].flatMap((text) => text.split(/\s+/)).filter((name) => name !== ""))];
}

/** The text up to the parenthesis that closes the one before `start`. */
function argumentsFrom(source: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < source.length && depth > 0; end++) {
    if (source[end] === "(") depth++;
    if (source[end] === ")") depth--;
  }
  return source.slice(start, end);
}

/** Every view's path with its classes. */
export async function viewClasses(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const folder of SOURCES) await collect(new URL(`./${folder}/`, import.meta.url), found);
  return found;
}

async function collect(folder: URL, found: Map<string, readonly string[]>): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(encodeURI(entry.name) + (entry.isDirectory ? "/" : ""), folder);
    if (entry.isDirectory) await collect(url, found);
    else if (/\.tsx?$/.test(entry.name)) found.set(url.pathname, classesIn(await Deno.readTextFile(url)));
  }
}

/** The style sheet of a list of classes, and those of them that yield no rule. */
export function styles(classes: Iterable<string>): { readonly css: string; readonly unknown: readonly string[] } {
  const sheet = virtual();
  const tw = twind(config, sheet);
  const unknown: string[] = [];
  tw("");
  for (const name of classes) {
    const before = sheet.target.length;
    tw(name);
    if (sheet.target.length === before && !isMarker(name)) unknown.push(name);
  }
  return { css: sheet.target.join("\n"), unknown };
}

/** `group` and `peer` style others and have no rule of their own. */
function isMarker(name: string): boolean {
  return name === "group" || name === "peer";
}

/** Subtle: an equal sheet is not written again, as `deno task dev` watches its folder and would start over for ever. */
export async function buildStyles(): Promise<void> {
  const classes = new Set([...(await viewClasses()).values()].flat().sort());
  const { css, unknown } = styles(classes);
  if (unknown.length > 0) {
    throw new TypeError(`Cannot style these classes, as twind knows no rule: ${unknown.join(" ")}`);
  }
  const sheet = new URL("./static/twind.css", import.meta.url);
  if (await Deno.readTextFile(sheet).catch(() => "") === css + "\n") return;
  await Deno.mkdir(new URL(".", sheet), { recursive: true });
  await Deno.writeTextFile(sheet, css + "\n");
}

if (import.meta.main) await buildStyles();
