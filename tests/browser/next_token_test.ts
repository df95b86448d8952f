/** The next-token screen with mouse, with keys alone, and with JavaScript off. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";
import { serveApp } from "./serve_app.ts";

const START = "/alpaca/next-token?task=alpaca&split=test&sample=0&generator=demo";

function pathOf(page: Page): readonly string[] {
  return (new URL(page.url()).searchParams.get("path") ?? "").split(",").filter((id) => id !== "");
}

async function settled(page: Page, length: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => (new URL(location.href).searchParams.get("path") ?? "").split(",").filter(Boolean).length === wanted,
    length,
  );
  await page.locator("[aria-busy=false]").waitFor();
}

Deno.test("next-token screen", async (t) => {
  await using app = await serveApp();
  const browser = await launchChromium();
  const url = app.origin + START;

  await t.step("takes candidates by click, the URL holds the path, and Back is a step back", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    const first = page.locator("[data-candidate]").first();
    const id = await first.getAttribute("data-candidate");
    await first.click();
    await settled(page, 1);
    assert.deepEqual(pathOf(page), [id]);
    await page.locator("[data-candidate]").nth(1).click();
    await settled(page, 2);
    const label = await page.locator("[data-candidate]").first().getAttribute("aria-label");
    await page.reload();
    await page.locator("[data-ready=true]").waitFor();
    assert.equal(await page.locator("[data-candidate]").first().getAttribute("aria-label"), label, "the URL restores");
    await page.goBack();
    await settled(page, 1);
    await page.close();
  });

  await t.step("goes by keys alone: takes, samples, follows the target, steps back, moves in the list", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.keyboard.press("t");
    await settled(page, 1);
    await page.keyboard.press("s");
    await settled(page, 2);
    await page.keyboard.press("2");
    await settled(page, 3);
    await page.keyboard.press("ArrowRight");
    await settled(page, 4);
    await page.keyboard.press("Backspace");
    await settled(page, 3);
    await page.locator("[data-candidate]").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const third = await page.locator("[data-candidate]").nth(2).getAttribute("data-candidate");
    await page.keyboard.press("Enter");
    await settled(page, 4);
    assert.equal(pathOf(page)[3], third);
    assert.ok(await page.getByRole("navigation", { name: "Tried paths" }).getByRole("link").count() >= 3);
    await page.close();
  });

  await t.step("finds a token of the whole vocabulary, and goes on with own text", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("lion");
    await page.getByText(/\d found, by raw probability/).waitFor();
    await page.getByLabel("Find a token").fill("zqzqzq");
    await page.getByText("No token of the vocabulary has this text or id.").waitFor();
    await page.getByLabel("Go on with own text").fill("Hello 🌍");
    await page.getByRole("button", { name: "Append" }).click();
    await page.waitForFunction(() => location.search.includes("path="));
    assert.ok((await page.getByRole("group", { name: "Chosen tokens" }).innerText()).includes("🌍"));
    await page.close();
  });

  await t.step("a moved param changes the final column at once and keeps the place", async () => {
    const page = await browser.newPage();
    await page.goto(`${url}&path=5`);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("top_k", { exact: true }).fill("1");
    await page.getByLabel("top_k", { exact: true }).blur();
    await page.getByText("top_k", { exact: true }).nth(1).waitFor();
    assert.deepEqual(pathOf(page), ["5"]);
    assert.equal(new URL(page.url()).searchParams.get("top_k"), "1");
    await page.close();
  });

  await t.step("bans by key and allows again by link, biases by key, and reorders the processors by drag", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    const first = page.locator("[data-candidate]").first();
    const id = await first.getAttribute("data-candidate");
    const query = (name: string) => new URL(page.url()).searchParams.get(name);
    await first.focus();
    await page.keyboard.press("b");
    await page.locator(`[data-candidate="${id}"][aria-label$="removed by logit_bias"]`).waitFor();
    assert.equal(query("logit_bias"), `${id}:ban`);
    await page.getByRole("link", { name: /^Allow / }).click();
    await page.locator(`[data-candidate="${id}"]:not([aria-label*="removed"])`).waitFor();
    assert.equal(query("logit_bias"), null);
    await first.focus();
    await page.keyboard.press("-");
    await page.keyboard.press("-");
    await page.waitForFunction((wanted) => location.search.includes(wanted), encodeURIComponent(`${id}:-2`));
    await page.getByText("order of the processors").click();
    await page.locator("li", { hasText: /top_p/ }).dragTo(page.locator("li", { hasText: /temperature/ }));
    await page.waitForFunction(() => /order=.*top_p%2Ctemperature/.test(location.search));
    await page.getByRole("button", { name: "top_p acts later" }).click();
    await page.getByRole("button", { name: "top_p acts later" }).click();
    await page.waitForFunction(() => !location.search.includes("order="));
    await page.close();
  });

  await t.step("lists all keys on ?, but not while somebody types", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.locator("[data-ready=true]").waitFor();
    await page.getByLabel("Go on with own text").press("?");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.getByLabel("Go on with own text").blur();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("takes what the seed draws").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.close();
  });

  await t.step("works as plain links without JavaScript, own text included", async () => {
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await page.goto(url);
    await page.locator("[data-candidate]").nth(1).click();
    assert.equal(pathOf(page).length, 1);
    await page.getByRole("link", { name: "Back" }).click();
    assert.equal(pathOf(page).length, 0);
    await page.getByLabel("Go on with own text").fill("the cat");
    await page.getByRole("button", { name: "Append" }).click();
    assert.ok(pathOf(page).length >= 1);
    await page.getByRole("link", { name: /^Ban / }).first().click();
    assert.match(page.url(), /logit_bias=\d+%3Aban/);
    assert.equal(await page.getByRole("link", { name: /^Allow / }).count(), 1);
    await page.context().close();
  });
  await browser.close();
});
