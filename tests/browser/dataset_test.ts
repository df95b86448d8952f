/** The dataset screen with mouse, with keys alone, and with JavaScript off. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { IndexState } from "../../lib/datasets/dataset.ts";
import { datasetView, defineModule, field, jsonl, prompt, rows } from "../../lib/mod.ts";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { follow } from "./follow.ts";
import { serveApp } from "./serve_app.ts";

const START = "/alpaca/dataset?task=alpaca&split=test&sample=3&generator=demo";

function query(page: Page, name: string): string | null {
  return new URL(page.url()).searchParams.get(name);
}

async function firstRow(page: Page): Promise<string | null> {
  return await page.locator("[data-row]").first().getAttribute("data-row");
}

const poems = defineModule({
  name: "poems",
  tasks: {
    poems: {
      dataset: {
        all: rows(Array.from({ length: 60 }, (_, index) => ({ kind: ["ode", "haiku", "song"][index % 3] ?? "" }))),
      },
      prompt: ({ kind }) => kind,
      params: { stop: ["."] },
    },
  },
  components: [datasetView()],
});

/** Its fields are longer, together, than an address may be. */
const essays = defineModule({
  name: "essays",
  tasks: {
    essays: {
      dataset: {
        all: rows([{ title: "old", kind: "essay", one: "word ".repeat(1_700), other: "word ".repeat(1_700) }]),
      },
      prompt: ({ title }) => title,
    },
  },
  components: [datasetView()],
});

Deno.test("dataset screen", async (t) => {
  const examples = await loadModuleFiles(["examples/alpaca/mod.ts"], new URL("../../", import.meta.url));
  const nowhere = { url: new URL("file:///nowhere/") };
  await using app = await serveApp([
    ...examples,
    { module: poems, file: "poems/mod.ts", ...nowhere },
    { module: essays, file: "essays/mod.ts", ...nowhere },
  ]);
  const browser = await launchChromium();
  const url = app.origin + START;

  await t.step("searches, sorts and filters by mouse, and opens a row in place and in another screen", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.getByLabel("Search", { exact: true }).fill("the");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText(/\d+ of 200 match/).waitFor();
    await page.getByRole("link", { name: /instruction/ }).click();
    await page.locator("th[aria-sort=ascending]").waitFor();
    assert.equal(query(page, "sort"), "instruction");
    await page.getByLabel("Filter output").fill("!the");
    await page.getByLabel("Filter output").press("Enter");
    await page.waitForFunction(() => location.search.includes("filter.output"));
    assert.equal(query(page, "q"), "the");
    assert.equal(query(page, "sort"), "instruction", "a filter keeps the order");
    const wanted = await firstRow(page);
    await page.locator("[data-row]").first().click();
    await page.waitForFunction((sample) => location.search.includes(`sample=${sample}&`), wanted);
    assert.equal(await firstRow(page), wanted, "the rows stay as they were asked for");
    await page.locator("#main").getByRole("link", { name: "Next token" }).click();
    await page.waitForURL(/next-token/);
    assert.equal(query(page, "sample"), wanted);
    await page.close();
  });

  await t.step("keeps values beside each other with Shift, and leaves them out with Alt", async () => {
    const page = await browser.newPage();
    await page.goto(`${app.origin}/poems/dataset?statistics=1`);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    const facet = page.getByRole("region", { name: "kind" });
    await facet.getByRole("link", { name: "ode", exact: true }).click();
    await page.getByText("20 of 60 match").waitFor();
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await facet.getByRole("link", { name: "haiku", exact: true }).click({ modifiers: ["Shift"] });
    await page.getByText("40 of 60 match").waitFor();
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    assert.equal(query(page, "filter.kind"), "in:ode,haiku");
    await facet.getByRole("link", { name: "song", exact: true }).click({ modifiers: ["Alt"] });
    await page.waitForFunction(() => location.search.includes("filter.kind=!%3Dsong"));
    await page.getByLabel("Name of the slice").fill("no songs");
    await page.getByRole("button", { name: "Save as slice" }).click();
    await page.getByRole("link", { name: "no songs", exact: true }).waitFor();
    assert.equal(query(page, "slice.no songs"), "filter.kind=!%3Dsong");
    await page.close();
  });

  await t.step("goes by keys alone: samples, rows, search", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("j");
    await page.waitForFunction(() => location.search.includes("sample=4"));
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("k");
    await page.waitForFunction(() => location.search.includes("sample=3"));
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.locator("[data-row]").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.search.includes("sample=1"));
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("/");
    await page.keyboard.type("zqzqzq");
    await page.keyboard.press("Enter");
    await page.getByText("No row matches.").waitFor();
    await page.close();
  });

  await t.step("a search keeps in the address what says that there are no stop texts", async () => {
    const page = await browser.newPage();
    await page.goto(`${app.origin}/poems/dataset?stop=`);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.getByRole("searchbox").fill("ode");
    await page.getByRole("searchbox").press("Enter");
    await page.waitForFunction(() => new URLSearchParams(location.search).get("q") === "ode");
    assert.equal(query(page, "stop"), "");
    await page.close();
  });

  await t.step("scores all rows while it is looked at, fills them in, and sorts and filters by them", async () => {
    const page = await browser.newPage();
    await page.goto(`${url}&q=name`);
    await page.getByRole("link", { name: "Score targets" }).click();
    await page.getByText(/\d+ of 200 scored/).waitFor();
    await page.getByRole("link", { name: "Score all that match" }).click();
    await page.getByText(/All \d+ rows are scored/).waitFor();
    for (const cell of await page.locator("[data-score]").allTextContents()) assert.notEqual(cell, "…");
    const columns = await page.locator("#rows thead tr").first().locator("th").allTextContents();
    assert.match(columns.slice(0, 3).join(), /^#,instruction.*,bits/, "which row it is stands before its scores");
    await page.getByRole("link", { name: "bits" }).click();
    await page.locator("th[aria-sort=ascending]").waitFor();
    await page.getByRole("link", { name: "bits" }).click();
    await page.locator("th[aria-sort=descending]").waitFor();
    const bits = await page.locator("[data-score$=' 0']").allTextContents();
    assert.deepEqual(bits.map(Number), bits.map(Number).toSorted((one, other) => other - one));
    await page.getByLabel("Filter bits").fill(">1");
    await page.getByLabel("Filter bits").press("Enter");
    await page.waitForFunction(() => location.search.includes("score.bits"));
    assert.equal(query(page, "by"), "-bits");
    assert.equal([...new URL(page.url()).searchParams.values()].includes(""), false, "what is not asked is left out");
    for (const text of await page.locator("[data-score$=' 0']").allTextContents()) assert.ok(Number(text) > 0.99, text);
    await page.close();
  });

  await t.step("a digit opens the sample in that other screen", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("9");
    await page.keyboard.press("2");
    await page.waitForURL(/\/alpaca\/next-token\?.*sample=3/);
    await page.close();
  });

  await t.step("selects rows by keys, a range with Shift, and pins a sample beside others", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.locator("[data-row='4']").focus();
    // No row was selected that a range could begin at.
    await page.keyboard.press("Shift+X");
    await page.getByText("1 row selected").waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-row") === "4");
    for (let times = 0; times < 3; times++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+X");
    await page.getByText("4 rows selected").waitFor();
    assert.equal(query(page, "selected"), "4-7");
    await page.waitForFunction(() => document.activeElement?.getAttribute("data-row") === "7");
    await page.keyboard.press("x");
    await page.getByText("3 rows selected").waitFor();
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("p");
    await page.getByRole("heading", { name: "Pinned 3" }).waitFor();
    await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
    await page.keyboard.press("j");
    await page.getByRole("columnheader", { name: "Sample 4" }).waitFor();
    assert.equal(query(page, "pin"), "3");
    assert.equal(query(page, "selected"), "4-6");
    await page.close();
  });

  await t.step("edits a short field beside long ones: what was not changed is not sent", async () => {
    const page = await browser.newPage();
    const edit = async (name: string, text: string) => {
      await follow(page.locator("[data-step=edit]"));
      await page.locator("[data-ready=true]").first().waitFor({ state: "attached" });
      await page.getByRole("textbox", { name, exact: true }).fill(text);
      await follow(page.getByRole("button", { name: "Derive a sample" }));
      return query(page, "edits");
    };
    await page.goto(`${app.origin}/essays/dataset`);
    assert.equal(await edit("title", "new"), '{"title":"new"}');
    assert.equal(await edit("kind", "letter"), '{"title":"new","kind":"letter"}');
    await page.close();
  });

  await t.step("does all of it without JavaScript", async () => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(url);
    await page.getByLabel("Search", { exact: true }).fill("the");
    await page.getByLabel("Filter instruction").fill("zqzqzq");
    await follow(page.getByRole("button", { name: "Search" }));
    await page.getByText("No row matches.").waitFor();
    await follow(page.getByRole("link", { name: /^Without instruction/ }));
    assert.equal(query(page, "q"), "the");
    await follow(page.getByRole("link", { name: "Later rows" }));
    assert.equal(query(page, "offset"), "20");
    await follow(page.getByRole("link", { name: "Tokens" }));
    assert.ok(await page.locator("[title^='id ']").count() > 10);
    await follow(page.getByRole("link", { name: "Text", exact: true }));
    assert.equal(await page.locator("[title^='id ']").count(), 0);
    await page.context().close();
  });
  await browser.close();
});

interface Poem {
  readonly title: string;
}

Deno.test("dataset screen with a split, a row and an edit that cannot be used, on a telephone and without JavaScript", async (t) => {
  const folder = await Deno.makeTempDir();
  const module = defineModule({
    name: "poems",
    tasks: {
      poems: {
        dataset: {
          later: jsonl<Poem>("later.jsonl"),
          gaps: {
            label: "gaps",
            open: () =>
              Promise.resolve({
                size: 60,
                problems: [],
                row(index) {
                  if (index === 1) throw new Error("the archive is broken here");
                  return { title: `poem ${index}` };
                },
              }),
          },
        },
        prompt: ({ title }) => prompt`Write ${field("title", title)}.`,
      },
    },
    components: [datasetView()],
  });
  const file = { module, file: "poems/mod.ts", url: new URL(`file://${folder}/`) };
  await using app = await serveApp([file]);
  const browser = await launchChromium();
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 800 },
    colorScheme: "dark",
  });
  const page = await context.newPage();

  await t.step("a file that is not there is told in place, and once it is there Retry shows it", async () => {
    await page.goto(`${app.origin}/poems/dataset`);
    await page.getByRole("alert").getByText('Cannot open "later.jsonl": no such file').waitFor();
    assert.equal(await page.getByLabel("Sample number").count(), 0, "there is no sample to choose");
    await Deno.writeTextFile(`${folder}/later.jsonl`, '{"title":"snow"}\n');
    await follow(page.getByRole("link", { name: "Retry" }));
    await page.getByRole("group", { name: "Prompt" }).filter({ hasText: "Write snow." }).waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
  });

  await t.step("a row that cannot be read says why where its fields would be, with the rows around it", async () => {
    await page.goto(`${app.origin}/poems/dataset?split=gaps&sample=1`);
    const alert = page.getByRole("alert");
    await alert.getByText("the archive is broken here").waitFor();
    assert.ok((await alert.boundingBox() ?? { height: 999 }).height < 140, "it is not squeezed into a column");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await page.getByRole("link", { name: "Next sample" }).click();
    await page.getByRole("group", { name: "Prompt" }).filter({ hasText: "Write poem 2." }).waitFor();
  });

  await t.step("an edit of a field that the row has not leaves the row", async () => {
    const edits = encodeURIComponent('{"author":"x"}');
    await page.goto(`${app.origin}/poems/dataset?split=gaps&sample=3&edits=${edits}`);
    await page.getByRole("alert").getByText('Cannot edit field "author": the row has only "title"').waitFor();
    await page.getByRole("group", { name: "Prompt" }).filter({ hasText: "Write poem 3." }).waitFor();
  });
  await browser.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("dataset screen while an index is written: the rows come by themselves, and nothing typed is lost", async (t) => {
  let index: IndexState = { kind: "writing", rows: 430, of: 1_000 };
  const dataset = {
    size: 1_000,
    problems: [],
    row: (number: number) => ({ title: `poem ${number}` }),
    indexState: () => index,
    async query({ signal }: { readonly signal?: AbortSignal }) {
      if (index.kind === "ready") return { indices: [7], total: 1 };
      return await new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    },
  };
  const module = defineModule({
    name: "poems",
    tasks: {
      poems: {
        dataset: { all: { label: "all", open: () => Promise.resolve(dataset) } },
        prompt: ({ title }: Poem) => prompt`Write ${field("title", title)}.`,
      },
    },
    components: [datasetView()],
  });
  await using app = await serveApp([{ module, file: "poems/mod.ts", url: new URL("file:///nowhere/") }]);
  const browser = await launchChromium();

  await t.step("the page follows it, and shows the rows that were found once it is there", async () => {
    const page = await browser.newPage();
    await page.goto(`${app.origin}/poems/dataset?q=poem`);
    await page.getByText("430 of 1,000 rows are in it").waitFor();
    index = { kind: "writing", rows: 980, of: 1_000 };
    await page.getByText("980 of 1,000 rows are in it").waitFor();
    index = { kind: "ready" };
    await page.locator("[data-row='7']").waitFor();
    assert.equal(await page.getByText("rows are in it").count(), 0);
    await page.close();
  });

  await t.step("who types meanwhile is not disturbed", async () => {
    index = { kind: "writing", rows: 430, of: 1_000 };
    const page = await browser.newPage();
    await page.goto(`${app.origin}/poems/dataset?q=poem`);
    await page.getByLabel("Filter title").fill("snow");
    index = { kind: "ready" };
    await page.getByText("The index is made.").waitFor();
    assert.equal(await page.getByLabel("Filter title").inputValue(), "snow");
    await page.getByRole("link", { name: "Show the rows" }).click();
    await page.locator("[data-row='7']").waitFor();
    await page.close();
  });

  await t.step("without JavaScript a link looks again", async () => {
    index = { kind: "writing", rows: 430, of: 1_000 };
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(`${app.origin}/poems/dataset?q=poem`);
    index = { kind: "ready" };
    await page.getByRole("link", { name: "Look again" }).click();
    await page.locator("[data-row='7']").waitFor();
    await page.context().close();
  });
  await browser.close();
});
