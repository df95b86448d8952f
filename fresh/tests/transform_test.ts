import assert from "node:assert/strict";
import { cssUrls, type Transformer, transformFile, type TransformFn } from "../transform.ts";

const root = "/app";
const content = new TextEncoder().encode("text");

function rule(filter: RegExp, transform: TransformFn, exclude: (string | RegExp)[] = []): Transformer {
  return { options: { pluginName: "test", filter, exclude }, transform };
}

async function run(path: string, ...rules: Transformer[]): Promise<Record<string, string>> {
  const files = await transformFile({ path, content, root, mode: "production", target: "es2022" }, rules);
  return Object.fromEntries(files.map((file) => [file.path, new TextDecoder().decode(file.content)]));
}

Deno.test("transformers run one after the other on what matches, and see the path on disk", async () => {
  const upper = rule(/\.txt$/, ({ text }) => ({ content: text.toUpperCase() }));
  const path = rule(/static/, (args) => ({ content: `${args.text} ${args.path} ${args.root} ${args.mode}` }));
  assert.deepEqual(await run("/app/static/a.txt", upper, path), {
    "/app/static/a.txt": "TEXT /app/static/a.txt /app production",
  });
  assert.deepEqual(await run("/app/static/a.md", upper), { "/app/static/a.md": "text" });
});

Deno.test("exclude takes patterns, globs and parts of paths; a global filter matches every time", async () => {
  const change: TransformFn = () => ({ content: "changed" });
  for (const exclude of [/vendor/, "**/vendor/*.css", "vendor/"]) {
    const filter = rule(/\.css$/g, change, [exclude]);
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(await run("/app/vendor/a.css", filter), { "/app/vendor/a.css": "text" });
      assert.deepEqual(await run("/app/own/a.css", filter), { "/app/own/a.css": "changed" });
    }
  }
});

Deno.test("a transformer may move a file, or make several, which are transformed as well", async () => {
  const move = rule(/\.less$/, ({ path }) => ({ content: "moved", path: path.replace(".less", ".css") }));
  assert.deepEqual(await run("/app/a.less", move), { "/app/a.css": "moved" });
  const upper = rule(/\.map$/, ({ text }) => ({ content: text.toUpperCase() }));
  const split = rule(/\.css$/, ({ path }) => [{ path, content: "css" }, { path: `${path}.map`, content: "map" }]);
  assert.deepEqual(await run("/app/a.css", upper, split), { "/app/a.css": "css", "/app/a.css.map": "MAP" });
  await assert.rejects(run("/app/a.css", rule(/css/, () => [{ content: "x" }])), {
    message: 'The ".path" property must be set when returning multiple files in a transformer. [test]',
  });
});

Deno.test("cssUrls() locks local URLs alone", async () => {
  const css = rule(/css$/, () => ({ content: "a{b:url(/x.png#h)url('/y.svg')url(\"//z\")url(data:x)url(rel.png)}" }));
  const locked = cssUrls((path) => path.startsWith("//") ? path : `${path}!`);
  assert.deepEqual(await run("/app/a.css", css, locked), {
    "/app/a.css": 'a{b:url("/x.png#h!")url("/y.svg!")url("//z")url(data:x)url(rel.png)}',
  });
});
