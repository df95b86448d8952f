/** The import rules, banned names and cycles that ARCHITECTURE.md tells of. */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CODE = /\.tsx?$/;

/** Folder → folders or files that its files may import. Everything outside this table is free. */
const MAY_IMPORT: readonly (readonly [from: RegExp, allowed: RegExp])[] = [
  [/^lib\/lm\//, /^lib\/lm\//],
  [/^lib\/metrics\//, /^lib\/(metrics|lm)\//],
  [/^lib\/datasets\//, /^lib\/(datasets|lm)\//],
  [/^lib\/generators\//, /^lib\/(generators|lm)\//],
  [/^lib\/elements\/(?!view\/).*\.ts$/, /^lib\/(elements|lm)\//],
  [/^lib\/elements\/(view\/.*|.*\.tsx$)/, /^lib\/(elements|ui|lm)\//],
  [/^lib\/components\//, /^lib\/(components|generators|datasets|metrics|elements|lm)\/|^lib\/(task|module)\.ts$/],
  [/^lib\/ui\//, /^lib\/(ui|lm)\//],
  // What screens share knows none of them, and none knows another.
  ...["chat", "dataset", "generation", "next_token"].map((screen): readonly [RegExp, RegExp] => [
    new RegExp(`^lib/ui/${screen}/`),
    new RegExp(`^lib/ui/(${screen}|address|frame|inspector|params|token|xray)/|^lib/ui/[^/]+$|^lib/lm/`),
  ]),
  [
    /^lib\/ui\/((address|frame|inspector|params|token|xray)\/|[^/]+$)/,
    /^lib\/ui\/((address|frame|inspector|params|token|xray)\/|[^/]+$)|^lib\/lm\//,
  ],
  [/^lib\/server\//, /^lib\/(?!ui\/|mod\.ts)|^fresh\/mod\.ts$/],
  [
    /^lib\/(task|module|define_module)\.ts$/,
    /^lib\/(components|generators|datasets|metrics|elements|lm)\/|^lib\/(task|module)\.ts$/,
  ],
  [/^islands\//, /^lib\/(ui|lm)\/|^lib\/elements\/(view\/|.*\.tsx$)/],
  [
    /^routes\//,
    /^routes\/.*\/\(_screens\)\/|^lib\/(server|components|ui|lm|datasets|elements)\/|^lib\/module\.ts$|^islands\/|^fresh\/(mod|runtime)\.ts$/,
  ],
  [/^examples\//, /^lib\/mod\.ts$|^examples\//],
  [/^fresh\//, /^fresh\//],
];

const BANNED_NAMES = /(^|\/)(utils?|helpers?|common|shared|misc|internal|core|types)(\/|\.tsx?$)/;
const ALLOWED_NAMES = new Set(["fresh/types.ts"]);

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Files of ours that it imports at run time, from the root. */
  readonly imports: readonly string[];
  /** Files of ours of which it imports types alone. */
  readonly typeImports: readonly string[];
  /** Files of ours that it loads when they are needed. */
  readonly lateImports: readonly string[];
}

const IMPORT_MAP: Readonly<Record<string, string>> = {
  "visuallm": "lib/mod.ts",
  "fresh": "fresh/mod.ts",
  "fresh/runtime": "fresh/runtime.ts",
  "fresh/dev": "fresh/dev.ts",
};

function readSources(folder: string): readonly SourceFile[] {
  const found: SourceFile[] = [];
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...readSources(path));
    else if (CODE.test(entry.name)) found.push(readSource(path));
  }
  return found;
}

function readSource(path: string): SourceFile {
  const text = Deno.readTextFileSync(join(ROOT, path));
  const statements = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"/gm)];
  const dynamic = [...text.matchAll(/\bimport\(\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  const bare = [...text.matchAll(/^import\s+"([^"]+)"/gm)].map((match) => match[1] ?? "");
  const resolve = (names: readonly string[]) =>
    names.flatMap((name) => {
      if (name.startsWith(".")) return [relative(ROOT, join(ROOT, dirname(path), name))];
      const mapped = IMPORT_MAP[name];
      return mapped === undefined ? [] : [mapped];
    });
  return {
    path,
    text,
    imports: resolve([...statements.filter((match) => match[1] === undefined).map((match) => match[2] ?? ""), ...bare]),
    lateImports: resolve(dynamic),
    typeImports: resolve(statements.filter((match) => match[1] !== undefined).map((match) => match[2] ?? "")),
  };
}

const sources = ["lib", "routes", "islands", "examples", "fresh"].flatMap(readSources)
  .filter(({ path }) => !path.includes("/tests/"));

Deno.test("imports follow the table of ARCHITECTURE.md", () => {
  const broken = sources.flatMap(({ path, imports, lateImports, typeImports }) => {
    const rules = MAY_IMPORT.filter(([from]) => from.test(path));
    // Islands and views may name any type of lib: types are gone at run time.
    const checked = [
      ...imports,
      ...lateImports,
      ...(/^(islands|lib\/ui|lib\/elements\/view)\//.test(path) ? [] : typeImports),
    ];
    return checked.filter((target) => rules.some(([, allowed]) => !allowed.test(target)))
      .map((target) => `${path} imports ${target}`);
  });
  assert.deepEqual(broken, []);
});

Deno.test("no file imports itself by a detour", () => {
  // What is loaded late cannot be met half-made, so it closes no circle.
  const graph = new Map(sources.map(({ path, imports, typeImports }) => {
    // What two files know of each other stands in a file of its own, types too; Fresh's API is as upstream has it.
    return [path, path.startsWith("fresh/") ? imports : [...imports, ...typeImports]];
  }));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  assert.deepEqual(cycles, []);
});

Deno.test("files and folders are named after a subject, never after a kind", () => {
  const banned = sources.map(({ path }) => path).filter((path) => BANNED_NAMES.test(path) && !ALLOWED_NAMES.has(path));
  assert.deepEqual(banned, []);
});

Deno.test("no code file is longer than 330 lines", () => {
  const long = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length })).filter(({ lines }) =>
    lines > 330
  );
  assert.deepEqual(long, []);
});

Deno.test("the environment is read in one file, and native libraries load in one folder", () => {
  const rules: readonly (readonly [pattern: RegExp, allowed: RegExp, what: string])[] = [
    [/\bDeno\.env\b/, /^lib\/(server\/config\.ts$|generators\/onnx\/)|^fresh\//, "reads the environment"],
    [/["'](onnxruntime-node|@huggingface\/transformers)["']/, /^lib\/generators\/onnx\//, "names a native library"],
    [/["']@duckdb\/node-(api|bindings)["']/, /^lib\/datasets\/duckdb\//, "names a native library"],
    [
      /\bfetch\(/,
      /^lib\/(generators\/(openai|onnx)\/|datasets\/(source|hub_rows)\.ts$|ui\/api_client\.ts$)|^fresh\//,
      "fetches",
    ],
    [/\bMath\.random\b|\bDeno\./, /^(?!lib\/lm\/)/, "is not pure"],
  ];
  const broken = sources.flatMap(({ path, text }) =>
    rules.filter(([pattern, allowed]) => pattern.test(withoutComments(text)) && !allowed.test(path))
      .map(([, , what]) => `${path} ${what}`)
  );
  assert.deepEqual(broken, []);
});

Deno.test("each direct dependency is pinned exactly and has its reason in CONTRIBUTING", () => {
  const config: { imports: Record<string, string> } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const contributing = Deno.readTextFileSync(join(ROOT, "CONTRIBUTING.md"));
  for (const target of Object.values(config.imports).filter((each) => each.startsWith("npm:"))) {
    const [, name, version] = /^npm:(@?[^@]+)@([^/]+)/.exec(target) ?? [];
    assert.match(version ?? "", /^\d+\.\d+\.\d+(-[\w.]+)?$/, target);
    const isNamed = name !== undefined && (contributing.includes(name) || name.startsWith("@twind/preset-"));
    assert.ok(isNamed, `CONTRIBUTING.md gives no reason for ${name}`);
  }
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
