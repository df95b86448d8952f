/** The dataset screen: complete without JavaScript, and honest about what it does not find. */
import assert from "node:assert/strict";
import { datasetView, defineModule, field, prompt, rows } from "../../lib/mod.ts";
import { rigApp } from "../rig/rig_app.ts";

const module = defineModule({
  name: "data",
  tasks: {
    poems: {
      dataset: {
        all: rows(Array.from({ length: 45 }, (_, index) => ({
          title: `poem ${index}`,
          body: index === 7 ? "<b>snow</b> & ice\n  second line" : "rain",
          meta: { year: 1900 + index },
        }))),
      },
      prompt: ({ title }) => prompt`Write ${field("title", title)}.`,
      target: ({ body }) => body,
    },
  },
  components: [datasetView()],
});

async function page(path: string) {
  const { fetch } = await rigApp({ modules: [module] });
  const response = await fetch(path);
  return { status: response.status, html: (await response.text()).replaceAll("&quot;", '"') };
}

Deno.test("the page has the sample, its prompt, target, fields and the rows around it; no generator is needed", async () => {
  const { status, html } = await page("/data/dataset?sample=7");
  assert.equal(status, 200);
  assert.match(html, /Write <mark[^>]*>poem 7<\/mark>|poem 7/);
  assert.match(html, /&lt;b>snow&lt;\/b> &amp; ice\n {2}second line|&lt;b&gt;snow/);
  assert.match(html, /"year": 1907/);
  assert.match(html, /45 in this split/);
  assert.match(html, /href="[^"]*sample=7&[^"]*offset=20"|offset=20/);
});

Deno.test("a search counts its matches and leads to their samples; none is said, and can be cleared", async () => {
  const found = await page("/data/dataset?q=SNOW");
  assert.match(found.html, /1 of 45 match/);
  assert.match(found.html, /href="[^"]*sample=7[^"]*q=SNOW"/);
  const none = await page("/data/dataset?q=%3Cscript%3E");
  assert.equal(none.status, 200);
  assert.match(none.html, /No row holds “&lt;script>”|No row holds “&lt;script&gt;”/);
  assert.match(none.html, />Clear</);
});

Deno.test("pages of rows go back and forth", async () => {
  const { html } = await page("/data/dataset?offset=40");
  assert.match(html, /41–45/);
  assert.match(html, /offset=20/);
  assert.equal((await page("/data/dataset?offset=x")).status, 422);
});
