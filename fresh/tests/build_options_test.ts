/** What a build finds and leaves out, by options and by names. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { App, staticFiles } from "fresh";
import { Builder, type BuildOptions } from "fresh/dev";
import { makeFolder } from "./make_folder.ts";

/** An app built of the given files; `get` asks it. */
async function built(
  files: Readonly<Record<string, string>>,
  options: Omit<BuildOptions, "root"> = {},
  prepare: (builder: Builder, root: string) => void = () => {},
) {
  const root = await makeFolder();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const builder = new Builder({ root, ...options });
    prepare(builder, root);
    const app = new App<unknown>().use(staticFiles()).fsRoutes();
    (await builder.build({ snapshot: "memory" }))(app);
    const handler = app.handler();
    const js = `/_fresh/js/${builder.config.buildId}`;
    const get = async (path: string, headers: HeadersInit = {}) => {
      const response = await handler(new Request(`http://localhost${path}`, { headers }));
      return { status: response.status, text: await response.text() };
    };
    // Lazy modules load while their files are there.
    const pages = Object.keys(files).filter((path) => path.startsWith("routes/") && !/[_([]/.test(path));
    for (const path of pages) await get(path.slice("routes".length).replace(/(\/index)?\.tsx?$/, ""));
    return { get, js };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const island = (text: string) => `export default function Island() { return "${text}"; }`;
const page = (island: string) =>
  `import Island from "${island}"; import { h } from "preact"; export default () => h(Island, null);`;

Deno.test("islands may lie in islands/ and in (_islands)/ of routes; other (_folders)/ and tests are no routes", async () => {
  const { get, js } = await built({
    "islands/One.tsx": island("one"),
    "islands/One_test.tsx": "throw new Error('a test');",
    "routes/index.tsx": page("../islands/One.tsx"),
    "routes/deep/(_islands)/Two.tsx": island("two"),
    "routes/deep/index.tsx": page("./(_islands)/Two.tsx"),
    "routes/(_parts)/part.tsx": "export default () => null;",
    "routes/index_test.ts": "throw new Error('a test');",
  });
  assert.match((await get("/")).text, /frsh:island:One:0:-->one/);
  assert.match((await get("/deep")).text, /frsh:island:Two:0:-->two/);
  assert.equal((await get(`${js}/Two.js`)).status, 200);
  assert.equal((await get("/part")).status, 404);
  assert.equal((await get("/index_test")).status, 404);
});

Deno.test("registerIsland() makes islands of modules elsewhere", async () => {
  const { get } = await built(
    { "other/Three.tsx": island("three"), "routes/index.tsx": page("../other/Three.tsx") },
    {},
    (builder, root) => builder.registerIsland(pathToFileURL(join(root, "other/Three.tsx")).href),
  );
  assert.match((await get("/")).text, /frsh:island:Three:0/);
});

Deno.test("FRESH_PUBLIC_* is put into islands, nothing else of the environment is", async () => {
  Deno.env.set("FRESH_PUBLIC_NAME", "shown");
  Deno.env.set("FRESH_SECRET_NAME", "hidden");
  const text =
    `export default () => [Deno.env.get("FRESH_PUBLIC_NAME"), process.env.FRESH_PUBLIC_NAME, "FRESH_SECRET_NAME"];`;
  const { get, js } = await built({ "islands/Env.tsx": text });
  const code = (await get(`${js}/Env.js`)).text;
  assert.equal(code.match(/"shown"/g)?.length, 2);
  assert.doesNotMatch(code, /hidden|Deno\.env/);
  Deno.env.delete("FRESH_PUBLIC_NAME");
  Deno.env.delete("FRESH_SECRET_NAME");
});

Deno.test("ignore leaves files out; static folders stand in for each other; of dot files only .well-known is served", async () => {
  const { get } = await built({
    "static/a.txt": "first a",
    "more/a.txt": "second a",
    "more/b.txt": "b",
    "more/draft.txt": "draft",
    "static/.well-known/x.txt": "known",
    "static/.hidden": "hidden",
    "routes/draft.tsx": "export default () => null;",
  }, { staticDir: ["static", "more"], ignore: [/draft/] });
  assert.equal((await get("/a.txt")).text, "first a");
  assert.equal((await get("/b.txt")).text, "b");
  assert.equal((await get("/.well-known/x.txt")).text, "known");
  for (const path of ["/draft.txt", "/draft", "/.hidden"]) assert.equal((await get(path)).status, 404, path);
});

Deno.test("sourceMap writes maps beside the modules, with or without the sources", async () => {
  const files = { "islands/Map.tsx": island("mapped") };
  const map = async (sourcesContent: boolean) => {
    const { get, js } = await built(files, { sourceMap: { kind: "external", sourceRoot: "/src", sourcesContent } });
    return JSON.parse((await get(`${js}/Map.js.map`)).text);
  };
  assert.match((await map(true)).sourcesContent.join(), /mapped/);
  const bare = await map(false);
  assert.deepEqual([bare.sourcesContent, bare.sourceRoot], [undefined, "/src"]);
  const { get, js } = await built(files);
  assert.equal((await get(`${js}/Map.js.map`)).status, 404);
});

Deno.test("a route's stylesheets stand in <head>; _500 is an error page; a page knows whether it is a partial", async () => {
  const { get } = await built({
    "routes/_app.tsx": `import { h } from "preact";
      export default ({ Component }) => h("html", null, h("head", null), h("body", null, h(Component, null)));`,
    "routes/styled.tsx":
      `export const css = ["/route.css"]; export default ({ isPartial }) => "partial: " + isPartial;`,
    "routes/_500.tsx": `export default ({ error }) => "sorry, " + error.message;`,
    "routes/fails.tsx": `export const handler = () => { throw new Error("broken"); };`,
  });
  assert.match(
    (await get("/styled")).text,
    /<head>.*<link rel="stylesheet" href="\/route\.css\?__frsh_c=\w+".*<\/head>.*partial: false/,
  );
  assert.match((await get("/styled?fresh-partial=true")).text, /partial: true/);
  const failed = await get("/fails");
  assert.equal(failed.status, 500);
  assert.match(failed.text, /sorry, broken/);
});
