import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { Builder } from "fresh/dev";

/** Builds a project that consists of the given files. */
async function build(files: Record<string, string>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    await new Builder({ root }).build({ snapshot: "memory" });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const PAGE = "export default () => null;";

Deno.test("files that answer the same URLs are refused by name", async () => {
  const same = (a: string, b: string) => build({ [`routes/${a}`]: PAGE, [`routes/${b}`]: PAGE });
  await assert.rejects(same("a.tsx", "a/index.tsx"), {
    message: /Cannot build as "routes\/a\S*\.tsx" and "routes\/a\S*\.tsx" both answer "\/a": rename or remove one/,
  });
  await assert.rejects(same("a.ts", "a.tsx"), /both answer "\/a"/);
  await assert.rejects(same("[id].tsx", "(group)/[name].tsx"), /both answer/);
  await same("a/[id].tsx", "a/new.tsx");
});

Deno.test("parameters that touch, or are not a whole segment, are refused by name", async () => {
  await assert.rejects(build({ "routes/[a][b].tsx": PAGE }), { name: "SyntaxError", message: /"\[a\]\[b\]"/ });
  await assert.rejects(build({ "routes/x-[[b]].tsx": PAGE }), { name: "SyntaxError", message: /"x-\[\[b\]\]"/ });
});

Deno.test("precompiled JSX without the list of elements to skip is refused", async () => {
  const compilerOptions = { jsx: "precompile", jsxPrecompileSkipElements: ["a", "img"] };
  await assert.rejects(build({ "deno.json": JSON.stringify({ compilerOptions }) }), {
    message: /add "source", "body", .*"template" to "jsxPrecompileSkipElements"/,
  });
  await build({ "deno.json": JSON.stringify({ compilerOptions: { jsx: "react-jsx" } }) });
});

Deno.test("an island that cannot be bundled is refused with the name of what it imports", async () => {
  await assert.rejects(build({ "islands/A.tsx": `import "node:fs"; ${PAGE}` }), {
    message: /Cannot bundle "node:fs": only files and npm packages can be/,
  });
});

Deno.test("files of two groups may answer the same path with different methods", async () => {
  const handler = (method: string) => `export const handler = { ${method}: () => new Response("${method}") };`;
  await build({ "routes/(a)/x.ts": handler("POST"), "routes/x/index.ts": handler("GET") });
  const both = build({ "routes/(a)/x.ts": handler("GET"), "routes/x/index.ts": handler("GET") });
  await assert.rejects(both, /both answer "\/x"/);
});

Deno.test("a route module without exports is refused by name", async () => {
  await assert.rejects(
    build({ "routes/empty.tsx": "const a = 1;" }),
    /exports in: routes\/empty\.tsx: export a component/,
  );
});
