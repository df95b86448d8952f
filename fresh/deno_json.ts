/** What a build reads from the project's deno.json. */
import { dirname, join, resolve } from "node:path";

type Json = Readonly<Record<string, unknown>>;

/** The value of a key in the nearest deno.json, at or above a folder, that has it as an object. */
export async function nearest(root: string, key: string): Promise<{ folder: string; value: Json }> {
  for (let folder = resolve(root);; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const text = await Deno.readTextFile(join(folder, name)).catch(() => undefined); // Absent: look further up.
      if (text === undefined) continue;
      const config: unknown = JSON.parse(name.endsWith("c") ? text.replaceAll(/^\s*\/\/.*$/gm, "") : text);
      const value = isRecord(config) ? config[key] : undefined;
      if (isRecord(value)) return { folder, value };
    }
    if (dirname(folder) === folder) return { folder: resolve(root), value: {} };
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Elements that the renderer must meet as vnodes. */
const SKIPPED = ["a", "img", "source", "body", "html", "head", "title", "meta", "script", "link", "style", "base"]
  .concat("noscript", "template");

/** Refuses precompiled JSX that hides elements from the renderer. */
export async function checkCompilerOptions(root: string): Promise<void> {
  const { value: options } = await nearest(root, "compilerOptions");
  if (options["jsx"] !== "precompile") return;
  const skipped = options["jsxPrecompileSkipElements"];
  const missing = SKIPPED.filter((name) => !Array.isArray(skipped) || !skipped.includes(name));
  if (missing.length === 0) return;
  throw new TypeError(
    `Cannot build with "jsx": "precompile" in deno.json as elements would be hidden from Fresh: ` +
      `add ${missing.map((name) => `"${name}"`).join(", ")} to "jsxPrecompileSkipElements"`,
  );
}
