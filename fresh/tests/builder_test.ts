import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { mapped } from "../bundle.ts";
import { islandNames } from "../build.ts";
import { filesIn } from "../crawl.ts";
import { makeFolder } from "./make_folder.ts";

const root = fileURLToPath(new URL("fixture", import.meta.url));

function newApp(): App<unknown> {
  return new App<unknown>().use(staticFiles()).fsRoutes();
}

async function send(app: App<unknown>, path: string, init?: RequestInit): Promise<Response> {
  return await app.handler()(new Request(`http://localhost${path}`, init));
}

Deno.test("Builder keeps a build in memory: pages, browser modules, static files", async (t) => {
  const builder = new Builder({ root });
  builder.onTransformStaticFile({ pluginName: "upper", filter: /\.txt$/ }, ({ text }) => ({
    content: text.toUpperCase(),
  }));
  const apply = await builder.build({ snapshot: "memory" });
  const app = newApp();
  apply(app);
  const js = `/_fresh/js/${builder.config.buildId}`;

  await t.step("island modules and the runtime are served for a year", async () => {
    for (const name of ["fresh-runtime", "Counter", "Box"]) {
      const response = await send(app, `${js}/${name}.js`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
      await response.body?.cancel();
    }
  });

  await t.step("a static file has an ETag and is not kept; with the build id it is", async () => {
    const response = await send(app, "/dot.svg");
    const etag = response.headers.get("etag") ?? "";
    assert.match(etag, /^W\/"[0-9a-f]{40}"$/);
    assert.equal(response.headers.get("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
    assert.match(await response.text(), /<svg/);
    assert.equal((await send(app, "/dot.svg", { headers: { "if-none-match": etag } })).status, 304);
    const kept = await send(app, `/dot.svg?__frsh_c=${builder.config.buildId}`);
    assert.match(kept.headers.get("cache-control") ?? "", /immutable/);
    const stale = await send(app, "/dot.svg?a=1&__frsh_c=old");
    assert.deepEqual([stale.status, stale.headers.get("location")], [307, "/dot.svg?a=1"]);
    assert.equal((await send(app, "/dot.svg", { method: "POST" })).status, 405);
    const head = await send(app, "/dot.svg", { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
    assert.equal((await send(app, "/favicon.ico")).status, 404);
    assert.equal((await send(app, "/.hidden")).status, 404);
  });

  await t.step("no path leaves the static folder", async () => {
    for (
      const path of ["/..%2fmain.ts", "/%2e%2e/main.ts", "/..%5cmain.ts", "/dot.svg%00", "/%2e%2e%2f%2e%2e/deno.json"]
    ) {
      assert.equal((await send(app, path)).status, 404, path);
    }
  });

  await t.step("transformers and url() of stylesheets are applied", async () => {
    assert.equal(await (await send(app, "/note.txt")).text(), "NOTE\n");
    assert.match(await (await send(app, "/app.css")).text(), /url\("\/dot\.svg\?__frsh_c=/);
  });

  await t.step("routes, group layout, error page and 404 are right", async () => {
    assert.match(await (await send(app, "/plain")).text(), /<main class="site"><p>2 rows<\/p><\/main>/);
    const lost = await send(app, "/none/at/all");
    assert.equal(lost.status, 404);
    assert.match(await lost.text(), /<p id="error">404<\/p>/);
  });
});

Deno.test("a build serves a static file as it was built, whatever stands in its place since", async () => {
  const staticDir = await Deno.makeTempDir();
  const outDir = await makeFolder();
  try {
    const path = `${staticDir}/made.css`;
    await Deno.writeTextFile(path, "a{}");
    await new Builder({ root, outDir, staticDir }).build();
    await Deno.writeTextFile(path, "a{color:red}");
    const snapshot = await import(new URL(`file://${outDir}/snapshot.js`).href);
    const app = newApp();
    snapshot.default(app);
    const answer = await send(app, "/made.css");
    assert.deepEqual([answer.headers.get("content-length"), await answer.text()], ["3", "a{}"]);
  } finally {
    await Deno.remove(staticDir, { recursive: true });
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("Builder writes a build that serves without build code", async () => {
  const outDir = await makeFolder();
  try {
    await new Builder({ root, outDir }).build();
    const snapshot = await import(new URL(`file://${outDir}/snapshot.js`).href);
    const app = newApp();
    snapshot.default(app);
    assert.match(await (await send(app, "/")).text(), /frsh:island:Counter:0/);
    assert.match(await (await send(app, "/dot.svg")).text(), /<svg/);
    const info = new Deno.Command(Deno.execPath(), { args: ["info", "--json", `${outDir}/server.js`], stderr: "null" });
    const graph = new TextDecoder().decode((await info.output()).stdout);
    const modules: { specifier: string }[] = JSON.parse(graph).modules;
    assert.ok(modules.some(({ specifier }) => specifier.endsWith("fresh/snapshot.ts")));
    for (const { specifier } of modules) {
      assert.doesNotMatch(
        specifier,
        /esbuild|fresh\/(?:dev|build|build_routes|bundle|crawl|overlay|transform|write)\.ts/,
      );
    }
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("two builds with the same id are the same, byte for byte", async () => {
  Deno.env.set("DENO_DEPLOYMENT_ID", "fixed");
  try {
    const builds: string[] = [];
    for (let i = 0; i < 2; i++) {
      const outDir = await makeFolder();
      await new Builder({ root, outDir }).build();
      builds.push(await contentsOf(outDir));
      await Deno.remove(outDir, { recursive: true });
    }
    assert.match(builds[0] ?? "", /snapshot\.js/);
    assert.equal(builds[0], builds[1]);
  } finally {
    Deno.env.delete("DENO_DEPLOYMENT_ID");
  }
});

/** The names and texts of all files below a folder. */
async function contentsOf(folder: string): Promise<string> {
  const parts: string[] = [];
  for await (const path of filesIn(folder, [])) parts.push(path.slice(folder.length), await Deno.readTextFile(path));
  return parts.join("\n");
}

Deno.test("islandNames() gives each function export a name of its own", () => {
  const taken = new Set(["Chart"]);
  const fn = () => null;
  assert.deepEqual(islandNames("/i/my-chart.tsx", { default: fn, Chart: fn, data: 1 }, taken), {
    entry: "my_chart",
    names: { default: "my_chart", Chart: "Chart_1" },
  });
  for (const [file, name] of [["1_hello", "_hello"], ["_bar-...-$", "_bar_$"], ["foo.v2", "foo_v2"]]) {
    assert.equal(islandNames(`/i/${file}.tsx`, { default: fn }, new Set()).entry, name);
  }
});

Deno.test("mapped() prefers the exact key, then the longest folder", () => {
  const imports = { a: "./a.ts", "a/": "./a/", "a/b/": "./deep/" };
  assert.equal(mapped(imports, "a"), "./a.ts");
  assert.equal(mapped(imports, "a/x.ts"), "./a/x.ts");
  assert.equal(mapped(imports, "a/b/x.ts"), "./deep/x.ts");
  assert.equal(mapped(imports, "c"), undefined);
});
