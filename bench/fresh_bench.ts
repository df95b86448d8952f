/** `fresh/` alone: rendering in process, and builds. Bars: three islands p50 ≤ 150 µs, none ≤ 50 µs, a build ≤ 400 ms. */
import { signal } from "@preact/signals";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { Fragment, h } from "preact";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import Counter, { Show } from "../fresh/tests/fixture/islands/Counter.tsx";

const root = fileURLToPath(new URL("../fresh/tests/fixture", import.meta.url));
const apply = await new Builder({ root }).build({ snapshot: "memory" });
const rows = Array.from({ length: 10 }, (_, index) => `row ${index}`);
const list = () => h("ul", null, rows.map((text) => h("li", { class: "row" }, text)));
const app = new App<unknown>()
  .use(staticFiles())
  .get("/plain", (ctx) => ctx.render(h(Fragment, null, h("h1", null, "plain"), list())))
  .get("/islands", (ctx) => {
    const count = signal(1);
    const islands = [h(Counter, { count }), h(Counter, { count }), h(Show, { count, double: count })];
    return ctx.render(h(Fragment, null, h("h1", null, "islands"), list(), islands));
  });
apply(app);
const handler = app.handler();
const get = (path: string) => handler(new Request(`http://localhost${path}`));

Deno.bench("a page without islands", async () => {
  await (await get("/plain")).text();
});
Deno.bench("a page with three islands", async () => {
  await (await get("/islands")).text();
});
Deno.bench("a build of the sample app, in memory", { n: 10, warmup: 1 }, async () => {
  await new Builder({ root }).build({ snapshot: "memory" });
});

await printSizes();

/** What the browser fetches: the runtime with Preact and signals, without the islands of the app. */
async function printSizes(): Promise<void> {
  const page = await (await get("/islands")).text();
  const [, entry = ""] = /import\{boot\}from"([^"]+)"/.exec(page) ?? [];
  const sizes: number[] = [];
  const queue = [entry];
  for (const path of queue) {
    const code = await (await get(path)).text();
    sizes.push(gzipSync(code).byteLength);
    // Static imports alone: client navigation is fetched by pages that ask for it.
    for (const [, file] of code.matchAll(/(?:from|import)\s*"(\.\/[^"]+)"/g)) {
      const next = new URL(file ?? "", `http://localhost${path}`).pathname;
      if (!queue.includes(next)) queue.push(next);
    }
  }
  console.log(
    `client runtime with Preact and signals: ${sizes.reduce((sum, size) => sum + size, 0)} bytes gz (bar 17,000)`,
  );
}
