/** Tables as a person uses them, in Chromium: links, sorting, exports, long and wide ones. */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import { columns, component, defineModule, type Row, table } from "../../lib/mod.ts";
import { loadModuleFiles } from "../../lib/server/start/module_files.ts";
import { launchChromium } from "./chromium.ts";
import { until } from "../rig/until.ts";
import { networkIdle, takeRequests } from "./requests.ts";
import { serveApp } from "./serve_app.ts";

const ROOT = new URL("../../", import.meta.url);
const ROWS = 5;

/** Row j of "starts" has j links into "ends" and into "far", a long table. */
const linked = component("Linked", () => {
  const names: Row[] = Array.from({ length: ROWS }, (_, row) => [`row ${row}`, row]);
  const starts = table(["start", "links"], { name: "starts", title: "<i>Starts</i>", rows: names });
  const ends = table(["end", "number"], { name: "ends", title: "Ends", rows: names });
  const far = table(["far"], { name: "far", rows: Array.from({ length: 1_000 }, (_, row) => [row]) });
  for (let row = 0; row < ROWS; row++) {
    for (let link = 0; link < row; link++) {
      starts.link(row, link % 2 === 0 ? ends : far, link % 2 === 0 ? link : 900, {
        label: `${row}.${link}`,
        colour: link === 0 ? "green" : link === 1 ? "rebeccapurple" : "no colour",
        importance: link + 1,
      });
    }
  }
  return [columns([starts, ends]), far];
});

const huge = component("Huge", () => [
  table(["row", "text"], { name: "huge", rows: Array.from({ length: 100_000 }, (_, row) => [row, `text ${row}`]) }),
]);

const rig = defineModule({ name: "tables", title: "Tables", components: [linked, huge] });

async function openPage(
  browser: Browser,
  url: string,
  options: { width?: number; javaScript?: boolean; isRouted?: boolean } = {},
) {
  const { width = 1280, javaScript = true, isRouted = false } = options;
  const page = await browser.newPage({ viewport: { width, height: 800 }, javaScriptEnabled: javaScript });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  if (isRouted) await takeRequests(page);
  await page.goto(url);
  if (javaScript) {
    await page.locator("[data-ready=true]").waitFor();
    // Parts that are fetched when they are needed are there, too.
    await networkIdle(page);
  }
  return { page, errors };
}

function row(page: Page, tableName: string, id: number): Locator {
  return page.locator(`[data-table=${tableName}] [data-row="${id}"]`);
}

async function linesAre(page: Page, wanted: number): Promise<void> {
  await until(`${wanted} lines`, async () => {
    // Two frames: the lines follow what happened in the first.
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    return await page.locator("path[data-link]").count() === wanted;
  });
}

async function column(page: Page, tableName: string, place: number): Promise<readonly string[]> {
  return await page.locator(`[data-table=${tableName}] tbody td:nth-child(${place}) > div`).allInnerTexts();
}

Deno.test("tables", async (t) => {
  const [examples] = await loadModuleFiles(["examples/elements/mod.ts"], ROOT);
  assert.ok(examples);
  await using app = await serveApp([examples, { module: rig, file: "rig.ts", url: ROOT }]);
  const browser = await launchChromium();
  const linkedUrl = `${app.origin}/tables/linked`, examplesUrl = `${app.origin}/elements/tables`;

  await t.step("hovering row j shows exactly its j links, each as wide and coloured as given", async () => {
    const { page, errors } = await openPage(browser, linkedUrl);
    for (const j of [1, 3, 2, 4, 0]) {
      await row(page, "starts", j).hover();
      await linesAre(page, j);
      const tint = await row(page, "starts", j).evaluate((each) => each.style.background);
      assert.equal(tint !== "", j > 0);
    }
    await row(page, "starts", 3).hover();
    await linesAre(page, 3);
    const drawn = await page.locator("path[data-link]").evaluateAll((paths) =>
      paths.map((path) => [path.getAttribute("stroke-width"), getComputedStyle(path).stroke])
    );
    assert.deepEqual(drawn.map(([width]) => width), ["1", "2", "3"]);
    assert.equal(drawn[1]?.[1], "rgb(102, 51, 153)");
    assert.equal(new Set(drawn.map(([, stroke]) => stroke)).size, 3);
    assert.deepEqual(await page.locator("[data-links] span").allTextContents(), ["3.0", "3.1", "3.2"]);
    await page.getByRole("heading", { name: "Linked" }).hover();
    await linesAre(page, 0);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("a link ends at its row, wherever sorting and scrolling put it", async () => {
    const { page } = await openPage(browser, linkedUrl);
    const end = () =>
      page.waitForFunction(() => {
        const [circle, target] = ["[data-links] circle:last-of-type", "[data-table=ends] [data-row='0']"].map((at) => {
          const box = document.querySelector(at)?.getBoundingClientRect();
          return box === undefined ? NaN : box.y + box.height / 2;
        });
        return Math.abs((circle ?? NaN) - (target ?? NaN)) < 1.5;
      });
    for (const _ of ["ascending", "descending"]) await page.getByRole("button", { name: "end", exact: true }).click();
    await row(page, "starts", 1).focus();
    await end();
    await page.mouse.wheel(0, 60);
    await end();
    await page.close();
  });

  await t.step("rows with links take the focus, move by arrow keys, and read their links aloud", async () => {
    const { page } = await openPage(browser, linkedUrl);
    assert.equal(await page.locator("[data-table=starts] tr[tabindex]").count(), ROWS - 1);
    await row(page, "starts", 1).focus();
    await linesAre(page, 1);
    await page.keyboard.press("ArrowDown");
    await linesAre(page, 2);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await linesAre(page, 1);
    const described = await row(page, "starts", 2).getAttribute("aria-describedby");
    assert.equal(await page.locator(`#${described}`).textContent(), "→ Ends, row 1: 2.0; → far, row 901: 2.1");
    await page.evaluate(() =>
      addEventListener("keydown", (event) => document.body.dataset.isUsed = String(event.defaultPrevented))
    );
    await page.keyboard.press("Escape");
    await linesAre(page, 0);
    assert.equal(await page.evaluate(() => document.body.dataset.isUsed), "true", "a run beside it goes on");
    await page.close();
  });

  await t.step("a tap shows a row's links, a tap beside it hides them", async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
    const page = await context.newPage();
    await page.goto(linkedUrl);
    await page.locator("[data-ready=true]").waitFor();
    // Parts that are fetched when they are needed are there, too.
    await networkIdle(page);
    await row(page, "starts", 2).tap();
    await linesAre(page, 2);
    await row(page, "starts", 3).tap();
    await linesAre(page, 3);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
    await page.getByRole("heading", { name: "Linked" }).tap();
    await linesAre(page, 0);
    await context.close();
  });

  await t.step("a header sorts ascending, descending, then not, by click and by Enter", async () => {
    const { page } = await openPage(browser, examplesUrl);
    const header = page.locator("[data-table=persona]").getByRole("button", { name: "Fact" });
    const [first] = await column(page, "persona", 2);
    const directions = [];
    const firsts = [];
    await header.click();
    for (let press = 0; press < 3; press++) {
      directions.push(await page.locator("[data-table=persona] th").nth(1).getAttribute("aria-sort"));
      firsts.push((await column(page, "persona", 2))[0]);
      await header.press("Enter");
    }
    assert.deepEqual(directions, ["ascending", "descending", null]);
    assert.deepEqual(firsts, ["I bake bread at night.", "My sister is a pilot.", first]);
    await page.locator("[data-table=cells]").getByRole("button", { name: "number" }).click();
    assert.deepEqual((await column(page, "cells", 3)).slice(0, 5), ["-Infinity", "-20", "0.001", "1.5", "12"]);
    await page.close();
  });

  await t.step("cells show what they hold, and no markup of theirs is markup", async () => {
    const { page, errors } = await openPage(browser, examplesUrl);
    const values = await column(page, "cells", 2);
    assert.equal(values[1], "<script>alert('no')</script> <b>not bold</b> &amp;");
    assert.equal(values[2], "first line\n  second, indented\nthird");
    assert.equal(await page.getByText("<b>Turns</b>").count(), 1);
    assert.deepEqual((await column(page, "cells", 3)).slice(5, 8), ["NaN", "undefined", "-Infinity"]);
    assert.deepEqual(errors, []);
    await page.close();
  });

  await t.step("an action adds rows", async () => {
    const { page } = await openPage(browser, examplesUrl);
    await page.getByRole("button", { name: "Add rows" }).click();
    await row(page, "log", 2).waitFor();
    assert.deepEqual(await column(page, "log", 2), ["4", "2", "1.333"]);
    await page.close();
  });

  await t.step("LaTeX opens in a dialog, is copied, and Esc or a click outside closes it", async () => {
    const { page } = await openPage(browser, examplesUrl);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const dialog = page.getByRole("dialog");
    const open = async () => {
      await page.locator("[data-table=persona]").getByRole("button", { name: "LaTeX" }).click();
      await dialog.waitFor();
    };
    await open();
    const code = await dialog.locator("pre").textContent();
    assert.match(code ?? "", /^\\begin\{center\}\n\\begin\{tabular\}\{c c\}\n\\# & Fact \\\\\n\\hline\n1 & I have/);
    await dialog.getByRole("button", { name: "Copy" }).click();
    await dialog.getByText("Copied").waitFor();
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), code);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await open();
    await page.mouse.click(5, 5);
    await dialog.waitFor({ state: "hidden" });
    await open();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.close();
  });

  await t.step("a part whose code cannot be fetched is left out, and nothing else suffers", async () => {
    const { page } = await openPage(browser, examplesUrl, { isRouted: true });
    const thrown: string[] = [];
    page.on("pageerror", (error) => thrown.push(error.message));
    await page.route("**/*.js", (route) => route.abort());
    const [failed] = await Promise.all([
      page.waitForEvent("requestfailed"),
      page.locator("[data-table=persona]").getByRole("button", { name: "LaTeX" }).click(),
    ]);
    assert.match(failed.url(), /\.js$/);
    // What was thrown is told by the time that the page answers again.
    await page.evaluate("new Promise((done) => setTimeout(done))");
    assert.deepEqual(thrown, []);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.close();
  });

  await t.step("a CSV that cannot be had from a server that has stopped says so beside its button", async () => {
    const { page, errors } = await openPage(browser, examplesUrl, { isRouted: true });
    await page.route(/\.js/, (route) => route.abort());
    const table = page.locator("[data-table=persona]");
    await table.getByRole("button", { name: "CSV" }).click();
    await table.getByRole("alert").filter({ hasText: "The server does not answer" }).waitFor();
    assert.deepEqual(errors.filter((text) => !text.includes("ERR_FAILED")), []);
    await page.close();
  });

  await t.step("CSV is a file named after the table, with the rows as they are shown", async () => {
    const { page } = await openPage(browser, examplesUrl);
    await page.locator("[data-table=persona]").getByRole("button", { name: "Fact" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("[data-table=persona]").getByRole("button", { name: "CSV" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "Persona.csv");
    const text = await Deno.readTextFile(await file.path());
    assert.match(text, /^#,Fact\r\n2,I bake bread at night\.\r\n1,I have two dogs\.\r\n/);
    await page.close();
  });

  await t.step("of 100,000 rows only those near the box are drawn, at its end too", async () => {
    const { page } = await openPage(browser, `${app.origin}/tables/huge`);
    const box = page.locator("[data-table=huge] [role=region]");
    const drawn = () => page.locator("[data-table=huge] [data-row]").count();
    assert.ok(await drawn() <= 400);
    const scroll = (part: number) => box.evaluate((each, share) => each.scrollTop = each.scrollHeight * share, part);
    for (const part of [0.3, 0.7]) {
      await scroll(part);
      await page.locator(`[data-table=huge] tr[aria-rowindex]`).nth(60).waitFor();
      assert.ok(await drawn() <= 400);
    }
    await until("the last row is drawn", async () => {
      await scroll(1);
      return await row(page, "huge", 99_999).isVisible();
    });
    assert.equal(await row(page, "huge", 99_999).locator("td").last().innerText(), "text 99999");
    await page.getByRole("button", { name: "row" }).click();
    await page.getByRole("button", { name: "row" }).click();
    await scroll(0);
    await row(page, "huge", 99_999).waitFor();
    await page.close();
  });

  await t.step("without JavaScript the first 200 rows stand, and how many more there are", async () => {
    const { page } = await openPage(browser, `${app.origin}/tables/linked`, { javaScript: false });
    assert.equal(await page.locator("[data-table=far] [data-row]").count(), 200);
    assert.match(await page.locator("[data-table=far]").innerText(), /and 800 more rows$/);
    await page.close();
  });

  await t.step("no table makes the page scroll sideways at 390 px", async () => {
    for (const url of [examplesUrl, linkedUrl]) {
      const { page } = await openPage(browser, url, { width: 390 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
      await page.close();
    }
  });

  await browser.close();
});
