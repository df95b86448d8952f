import assert from "node:assert/strict";
import type { Metafile } from "esbuild";
import { sharedImports } from "../shared_files.ts";

type Output = Metafile["outputs"][string];

/** A file of one module, which is called as the file. */
function file(name: string, bytes: number, imports: readonly string[], later: readonly string[] = []): Output {
  return {
    bytes,
    exports: [],
    inputs: { [`${name}.ts`]: { bytesInOutput: bytes } },
    imports: [
      ...imports.map((path) => ({ path, kind: "import-statement" as const })),
      ...later.map((path) => ({ path, kind: "dynamic-import" as const })),
    ],
  };
}

function entry(name: string, imports: readonly string[], later?: readonly string[]): Output {
  return { ...file(name, 10_000, imports, later), entryPoint: `${name}.ts`, exports: ["default"] };
}

function modulesOf(outputs: Metafile["outputs"]): Record<string, readonly string[]> {
  const imports = sharedImports({ inputs: {}, outputs });
  return Object.fromEntries([...imports].map(([name, { modules }]) => [name, modules.toSorted()]));
}

Deno.test("small files of nearly the same entries become one, as long as no entry loads 1,000 bytes that it does not need", () => {
  const outputs = (ofAb: number, ofAc: number) => ({
    a: entry("a", ["abc", "ab", "ac"]),
    b: entry("b", ["abc", "ab"]),
    c: entry("c", ["abc", "ac"]),
    abc: file("abc", 5_000, []),
    ab: file("ab", ofAb, ["abc"]),
    ac: file("ac", ofAc, []),
  });
  assert.deepEqual(modulesOf(outputs(200, 300)), { "b.ts": ["ac.ts"], "c.ts": ["ab.ts"] });
  assert.deepEqual(modulesOf(outputs(2_000, 300)), { "b.ts": ["ac.ts"] });
  assert.deepEqual(modulesOf(outputs(2_000, 1_001)), {});
});

Deno.test("many small files stay within the bound together, too", () => {
  const small = ["one", "two", "three", "four", "five"];
  const outputs: Metafile["outputs"] = { a: entry("a", small) };
  for (const name of small) {
    outputs[`of_${name}`] = entry(`of_${name}`, [name]);
    outputs[name] = file(name, 300, []);
  }
  const more = small.map((name) => modulesOf(outputs)[`of_${name}.ts`]?.length ?? 0);
  assert.ok(more.every((modules) => modules >= 1 && modules <= 3), `${more} modules of 300 bytes without need`);
});

Deno.test("what is imported later costs nothing more for what its importers have, and is no reason for another file", () => {
  const outputs: Metafile["outputs"] = {
    a: entry("a", ["ab", "large"], ["d"]),
    b: entry("b", ["ab", "large"], ["d"]),
    // Loads one of the two files itself, and finds the other one loaded.
    d: entry("d", ["ab"], ["e"]),
    // Later still.
    e: entry("e", []),
    ab: file("ab", 3_000, []),
    large: file("large", 50_000, []),
  };
  assert.deepEqual(modulesOf(outputs), { "d.ts": ["large.ts"], "e.ts": ["ab.ts", "large.ts"] });
});

Deno.test("what one entry needs alone stays with it", () => {
  const outputs = { a: entry("a", ["own"], ["d"]), d: entry("d", []), own: file("own", 100, []) };
  assert.deepEqual(modulesOf(outputs), {});
});
